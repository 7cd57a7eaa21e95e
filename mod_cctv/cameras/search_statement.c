/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file search_statement.c
 * @brief The SQL that finds cameras by the words of their names.
 * Layer: pure.
 *
 * The cameras of one rank after the other are read, each in the order of ids,
 * until the page is full. PostgreSQL runs the parts of a UNION ALL in their
 * order and stops at the LIMIT around it. So a text that very many names have
 * costs what a page costs, and one that few names have is found by an index;
 * in one query with ORDER BY rank, all names that match would be read.
 */
#include "cameras/statements.h"

#include "cameras/select.h"
#include "database/array.h"

#include "apr_strings.h"

#include <string.h>

/* So many words have a condition of their own. */
#define SINGLE_WORDS 6

/* The numbers of the parameters of a query. */
typedef struct {
    apr_pool_t *pool;
    const cctv_filter_t *filter;
    cctv_params_t *params;
    const char *narrowed; /* the conditions besides words and place */
    int after, limit, text, prefix, longest, all, starts, id;
    const char *others; /* the conditions on words besides the longest one */
} query_t;

static int add_text(query_t *query, const char *text)
{
    cctv_params_add_text(query->params, text);
    return query->params->count;
}

static int add_int(query_t *query, int number)
{
    cctv_params_add_int(query->params, number);
    return query->params->count;
}

/* ---- Patterns ---- */

/* A text for LIKE between two others. */
static const char *pattern(apr_pool_t *pool, const char *before,
                           const char *text, size_t length, const char *after)
{
    char *quoted = apr_palloc(pool, 2 * length + 1);
    char *out = quoted;

    for (; length > 0; text++, length--) {
        if (*text == '%' || *text == '_' || *text == '\\') {
            *out++ = '\\';
        }
        *out++ = *text;
    }
    *out = '\0';
    return apr_pstrcat(pool, before, quoted, after, NULL);
}

/* A pattern for each word, as an array. */
static const char *patterns(apr_pool_t *pool, const cctv_words_t *words,
                            const char *before)
{
    apr_array_header_t *list = apr_array_make(pool, words->count,
                                              sizeof(char *));
    int i;

    for (i = 0; i < words->count; i++) {
        APR_ARRAY_PUSH(list, const char *) = pattern(
            pool, before, words->word[i].text, words->word[i].length, "%");
    }
    return cctv_array_of_texts(pool, list);
}

/* ---- Conditions ---- */

/* Add a condition on the parameter with this number. */
static void narrow(query_t *query, const char *before, int number,
                   const char *after)
{
    query->narrowed = apr_psprintf(query->pool, "%s AND %s $%d%s",
                                   query->narrowed, before, number, after);
}

/* The index has float32 boxes, so the edges are compared as well. */
static void narrow_to_box(query_t *query, const cctv_bbox_t *box)
{
    int n = query->params->count;
    int west = n + 1, south = n + 2, east = n + 3, north = n + 4;

    cctv_params_add_double(query->params, box->west);
    cctv_params_add_double(query->params, box->south);
    cctv_params_add_double(query->params, box->east);
    cctv_params_add_double(query->params, box->north);
    if (cctv_bbox_is_crossing(box)) {
        query->narrowed = apr_psprintf(
            query->pool,
            "%s AND (geom && ST_MakeEnvelope($%d::float8, $%d::float8, 180, "
            "$%d::float8, 4326) OR geom && ST_MakeEnvelope(-180, $%d::float8, "
            "$%d::float8, $%d::float8, 4326)) AND (ST_X(geom) >= $%d::float8 "
            "OR ST_X(geom) <= $%d::float8) AND ST_Y(geom) BETWEEN $%d::float8 "
            "AND $%d::float8",
            query->narrowed, west, south, north, south, east, north, west,
            east, south, north);
    }
    else {
        query->narrowed = apr_psprintf(
            query->pool,
            "%s AND geom && ST_MakeEnvelope($%d::float8, $%d::float8, "
            "$%d::float8, $%d::float8, 4326) AND ST_X(geom) BETWEEN "
            "$%d::float8 AND $%d::float8 AND ST_Y(geom) BETWEEN $%d::float8 "
            "AND $%d::float8",
            query->narrowed, west, south, east, north, west, east, south,
            north);
    }
}

static void narrow_all(query_t *query)
{
    const cctv_filter_t *filter = query->filter;

    query->narrowed = "";
    if (filter->has_bbox) {
        narrow_to_box(query, &filter->bbox);
    }
    if (filter->roles != NULL) {
        narrow(
            query, "role = ANY (",
            add_text(query, cctv_array_of_texts(query->pool, filter->roles)),
            "::text[])");
    }
    if (filter->status != NULL) {
        narrow(query, "status =", add_text(query, filter->status), "::text");
    }
}

/* Names with all words. The longest one goes through the index. */
static const char *has_words(const query_t *query)
{
    const char *longest = apr_psprintf(
        query->pool, "name_folded LIKE $%d::text", query->longest);

    return query->filter->words->count == 1
               ? longest
               : apr_psprintf(query->pool,
                              "%s AND name_folded LIKE ALL ($%d::text[])%s",
                              longest, query->all, query->others);
}

static const char *starts(const query_t *query)
{
    return apr_psprintf(query->pool,
                        "(' ' || name_folded) LIKE ALL ($%d::text[])",
                        query->starts);
}

/* The names of a match, without those of better ones. */
static const char *matches(const query_t *query, cctv_match_t match)
{
    apr_pool_t *pool = query->pool;
    const char *others = query->id == 0
                             ? ""
                             : apr_psprintf(pool, " AND id <> $%d::int4",
                                            query->id);

    switch (match) {
    case CCTV_MATCH_EXACT:
        return query->id == 0
                   ? apr_psprintf(pool, "name_folded = $%d::text", query->text)
                   : apr_psprintf(pool,
                                  "(name_folded = $%d::text OR id = "
                                  "$%d::int4)",
                                  query->text, query->id);
    case CCTV_MATCH_PREFIX:
        return apr_psprintf(pool,
                            "name_folded LIKE $%d::text AND name_folded <> "
                            "$%d::text%s",
                            query->prefix, query->text, others);
    case CCTV_MATCH_STARTS:
        return apr_psprintf(
            pool, "%s AND %s AND name_folded NOT LIKE $%d::text%s",
            has_words(query), starts(query), query->prefix, others);
    default:
        return apr_psprintf(pool, "%s AND NOT %s%s", has_words(query),
                            starts(query), others);
    }
}

/* Conditions that the index on trigrams finds together, of a few words; an array
 * of patterns it does not find. */
static void add_others(query_t *query, const cctv_words_t *words)
{
    int i;

    for (i = 0; i < words->count && i < SINGLE_WORDS; i++) {
        const cctv_word_of_name_t *word = &words->word[i];

        if (i != words->longest) {
            query->others = apr_psprintf(
                query->pool, "%s AND name_folded LIKE $%d::text",
                query->others,
                add_text(query, pattern(query->pool, "%", word->text,
                                        word->length, "%")));
        }
    }
}

static void begin(query_t *query)
{
    apr_pool_t *pool = query->pool;
    const cctv_words_t *words = query->filter->words;
    const cctv_word_of_name_t *longest = &words->word[words->longest];

    query->params->count = 0;
    query->others = "";
    narrow_all(query);
    query->longest = add_text(
        query, pattern(pool, "%", longest->text, longest->length, "%"));
    if (words->count > 1) {
        query->all = add_text(query, patterns(pool, words, "%"));
        add_others(query, words);
    }
    if (words->id != 0) {
        query->id = add_int(query, words->id);
    }
}

/* ---- Statements ---- */

static bool is_asked(const cctv_filter_t *filter, int rank)
{
    return (!filter->has_playable || filter->playable == (rank % 2 == 0))
           && (!filter->has_rank || rank >= filter->rank);
}

/* The cameras of a rank. */
static const char *part(const query_t *query, int rank, const char *before)
{
    const cctv_filter_t *filter = query->filter;
    bool is_rest = !filter->has_rank || rank == filter->rank;

    return apr_psprintf(
        query->pool,
        "%s(SELECT id AS found_id, %d AS rank FROM cameras WHERE %s "
        "AND %s = '%c'%s%s ORDER BY id LIMIT $%d::int4)",
        before, rank, matches(query, (cctv_match_t)(rank / 2)),
        cctv_select_playable(), rank % 2 == 0 ? 't' : 'f', query->narrowed,
        is_rest
            ? apr_psprintf(query->pool, " AND id > $%d::int4", query->after)
            : "",
        query->limit);
}

/* A condition that is true, and tells the types of all parameters, also of
 * those that the ranks of this page do not need. */
static const char *types(const query_t *query)
{
    apr_pool_t *pool = query->pool;

    return apr_psprintf(
        pool,
        "($%d::int4, $%d::text, $%d::text, $%d::text, $%d::text[]%s%s) IS NOT "
        "NULL",
        query->after, query->text, query->prefix, query->longest,
        query->starts,
        query->all == 0 ? "" : apr_psprintf(pool, ", $%d::text[]", query->all),
        query->id == 0 ? "" : apr_psprintf(pool, ", $%d::int4", query->id));
}

static cctv_statement_t *make(apr_pool_t *pool, const char *sql)
{
    cctv_statement_t *statement = apr_pcalloc(pool, sizeof *statement);

    statement->number = -1;
    statement->sql = sql;
    return statement;
}

const cctv_statement_t *cctv_statement_search(apr_pool_t *pool,
                                              const cctv_filter_t *filter,
                                              int rows, cctv_params_t *params)
{
    const cctv_words_t *words = filter->words;
    query_t query = { .pool = pool, .filter = filter, .params = params };
    const char *parts = "";
    int rank;

    begin(&query);
    query.after = add_int(&query, filter->after);
    query.limit = add_int(&query, rows);
    query.text = add_text(&query, words->text);
    query.prefix = add_text(
        &query, pattern(pool, "", words->text, words->length, "%"));
    query.starts = add_text(&query, patterns(pool, words, "% "));
    for (rank = 0; rank < CCTV_RANK_COUNT; rank++) {
        if (is_asked(filter, rank)) {
            parts = apr_pstrcat(
                pool, parts,
                part(&query, rank, *parts == '\0' ? "" : " UNION ALL "), NULL);
        }
    }
    if (*parts == '\0') {
        /* The types of all parameters are known although it has no rows. */
        parts = apr_pstrcat(pool,
                            "SELECT id AS found_id, 0 AS rank FROM cameras "
                            "WHERE false AND ",
                            has_words(&query), NULL);
    }
    return make(
        pool,
        apr_psprintf(
            pool,
            "SELECT " CCTV_COLUMN_LIST(
                FIRST_COLUMN,
                NEXT_COLUMN) ", rank FROM (SELECT found_id, rank FROM (%s) AS "
                             "ranked WHERE %s LIMIT $%d::int4) AS "
                             "found, " CAMERAS " WHERE id = found_id "
                             "ORDER BY rank, id",
            parts, types(&query), query.limit));
}

const cctv_statement_t *
cctv_statement_search_count(apr_pool_t *pool, const cctv_filter_t *filter,
                            cctv_params_t *params)
{
    query_t query = { .pool = pool, .filter = filter, .params = params };

    begin(&query);
    return make(
        pool,
        apr_psprintf(
            pool, "SELECT count(*) FROM cameras WHERE (%s%s)%s%s",
            has_words(&query),
            query.id == 0 ? ""
                          : apr_psprintf(pool, " OR id = $%d::int4", query.id),
            query.narrowed,
            !filter->has_playable
                ? ""
                : apr_pstrcat(pool, " AND ", cctv_select_playable(),
                              filter->playable ? " = 't'" : " = 'f'", NULL)));
}
