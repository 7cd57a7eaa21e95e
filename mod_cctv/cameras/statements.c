/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file statements.c
 * @brief The SQL that reads cameras and sets their status.
 * Layer: pure.
 */
#include "cameras/statements.h"

#include "cameras/sees.h"
#include "cameras/select.h"
#include "database/array.h"

#include "apr_strings.h"

#include <limits.h>
#include <string.h>

/* The conditions of a list besides the box: bits of a shape. */
enum {
    ROLES = 1,
    STATUS = 2,
    PLAYABLE = 4,
    NARROWINGS = 8
};

typedef enum {
    NO_BOX,
    ONE_BOX,
    CROSSING_BOX,
    BOXES
} box_t;

/* The number of plans in cctv_plan_t. */
#define PLANS 3

/* The numbers of prepared statements: first the lists, then the items. */
#define LIST_NUMBER(plan, box, narrowing)                                     \
    (((int)(plan)*BOXES + (int)(box)) * NARROWINGS + (narrowing))
#define ITEM_NUMBER 60

static bool has_hls;

static cctv_statement_t lists[PLANS][BOXES][NARROWINGS];

static const cctv_statement_t items[2] = {
    { .number = ITEM_NUMBER, .sql = SELECT_CAMERAS "id = $1::int4" },
    { .number = ITEM_NUMBER + 1,
      .sql = SELECT_CAMERAS "id = $1::int4 AND role = ANY ($2::text[])" }
};

const cctv_statement_t cctv_statement_sample = {
    .number = -1,
    /* Take a few cameras from each of many blocks, because the cameras of one
     * block are neighbours. */
    .sql = "WITH size AS MATERIALIZED (SELECT greatest(1, "
           "pg_relation_size('cameras') / 8192) AS blocks), "
           "part AS MATERIALIZED (SELECT least(100, 100 * 1024.0 / blocks) "
           "AS percent, least(8, greatest(1, blocks / 128)) AS every, "
           "greatest(1, blocks / 1024.0) AS share FROM size) "
           "SELECT " CCTV_SAMPLE_COLUMN_LIST(
               FIRST_COLUMN,
               NEXT_COLUMN) " FROM cameras "
                            "TABLESAMPLE SYSTEM ((SELECT percent FROM part)) "
                            "WHERE (hashint4(id) & 2147483647) % (SELECT "
                            "every FROM part) = 0 "
                            "ORDER BY id LIMIT 8192"
};

const cctv_statement_t cctv_statement_ids = {
    .number = -1, .sql = "SELECT id FROM cameras ORDER BY id"
};

const cctv_statement_t cctv_statement_counts = {
    .number = ITEM_NUMBER + 2,
    .sql = "SELECT status, count(*) FROM cameras GROUP BY status"
};

/* The statements of video are not prepared: they run rarely, or read many
 * cameras at once. Planning them takes 0.05 ms, and 4 ms of 29 ms for the
 * roles of 10,000 cameras. */
static const cctv_statement_t stream_url = {
    .number = -1, .sql = "SELECT cctv_stream_url($1::int4)"
};

static const cctv_statement_t sub_stream_url = {
    .number = -1, .sql = "SELECT cctv_sub_stream_url($1::int4)"
};

static const cctv_statement_t external_id = {
    .number = -1, .sql = "SELECT cctv_external_id($1::int4)"
};

static const cctv_statement_t hls = {
    .number = -1,
    .sql = "SELECT role, cctv_hls_url(id) FROM cameras WHERE id = $1::int4"
};

static const cctv_statement_t set_status = {
    .number = -1,
    .sql = "SELECT cctv_set_status($1::int4, $2::text)",
    .writes = true
};

const cctv_statement_t cctv_statement_has_reasons = {
    .number = -1,
    .sql = "SELECT to_regprocedure('cctv_set_status_reason(integer, text)') "
           "IS NOT NULL"
};

static const cctv_statement_t set_reason = {
    .number = -1,
    .sql = "SELECT cctv_set_status_reason($1::int4, NULLIF($2::text, ''))",
    .writes = true
};

const cctv_statement_t cctv_statement_has_watchers = {
    .number = -1,
    .sql = "SELECT to_regprocedure('cctv_note_watcher(text, integer[], "
           "integer[], text[])') IS NOT NULL"
};

const cctv_statement_t cctv_statement_note_watcher = {
    .number = -1,
    .sql = "SELECT cctv_note_watcher($1::text, $2::int4[], $3::int4[], "
           "$4::text[])",
    .writes = true
};

static const cctv_statement_t roles = {
    .number = -1,
    .sql = "SELECT " CCTV_ROLE_COLUMN_LIST(
        FIRST_COLUMN, NEXT_COLUMN) " FROM " CAMERAS
                                   " WHERE id = ANY ($1::int4[])"
};

static const cctv_statement_t cameras_by_ids = {
    .number = -1, .sql = SELECT_FOLDED "id = ANY ($1::int4[]) ORDER BY id"
};

static const cctv_statement_t all_cameras = {
    .number = -1,
    .sql = SELECT_FOLDED "id > $1::int4 ORDER BY id LIMIT $2::int4"
};

/* The exact comparison of the box, as doubles. It is in a CASE, because
 * PostgreSQL would otherwise multiply the selectivities of four comparisons
 * and assume that the box is almost empty. */
static const char *const exact[BOXES] = {
    [NO_BOX] = "",
    [ONE_BOX] = " AND CASE WHEN ST_X(geom) BETWEEN $3::float8 AND "
                "$5::float8 THEN ST_Y(geom) BETWEEN $4::float8 AND "
                "$6::float8 ELSE false END",
    [CROSSING_BOX] = " AND CASE WHEN ST_X(geom) >= $3::float8 OR ST_X(geom) "
                     "<= $5::float8 THEN ST_Y(geom) BETWEEN $4::float8 AND "
                     "$6::float8 ELSE false END"
};

#define WEST_EAST                                                             \
    "ST_MakeEnvelope($3::float8, $4::float8, $5::float8, "                    \
    "$6::float8, 4326)"
#define TO_180                                                                \
    "ST_MakeEnvelope($3::float8, $4::float8, 180, "                           \
    "$6::float8, 4326)"
#define FROM_180                                                              \
    "ST_MakeEnvelope(-180, $4::float8, $5::float8, "                          \
    "$6::float8, 4326)"

/* The comparison of the box that uses the index. The index has float32 boxes,
 * so it never finds too few cameras, but may find some too many. */
static const char *const indexed[PLANS][BOXES] = {
    /* PostgreSQL cannot use the value of a subquery for planning, so it sees
     * no reason to plan each execution anew. */
    [CCTV_PLAN_BY_POSITION] = { [NO_BOX] = "",
                                [ONE_BOX] = " AND geom && (SELECT " WEST_EAST
                                            ")",
                                [CROSSING_BOX] =
                                    " AND (geom && (SELECT " TO_180
                                    ") OR geom && (SELECT " FROM_180 "))" },
    [CCTV_PLAN_BY_ID] = { "", "", "" },
    [CCTV_PLAN_BY_PLANNER] = { [NO_BOX] = "",
                               [ONE_BOX] = " AND geom && " WEST_EAST,
                               [CROSSING_BOX] = " AND (geom && " TO_180
                                                " OR geom && " FROM_180 ")" }
};

static const char *list_sql(apr_pool_t *pool, int plan, int box, int narrowing)
{
    /* $1 and $2 always exist; with a box it is $3 to $6. */
    int n = box == NO_BOX ? 2 : 6;
    const char *sql = apr_pstrcat(pool, SELECT_CAMERAS "id > $1::int4",
                                  indexed[plan][box], exact[box], NULL);

    if (narrowing & ROLES) {
        /* Written as a truth value, the condition does not match the index on
         * the role. Otherwise that index would be combined with the plan
         * without any benefit. */
        sql = apr_psprintf(pool,
                           plan == CCTV_PLAN_BY_PLANNER
                               ? "%s AND role = ANY ($%d::text[])"
                               : "%s AND (role = ANY ($%d::text[])) IS TRUE",
                           sql, ++n);
    }
    if (narrowing & STATUS) {
        sql = apr_psprintf(pool, "%s AND status = $%d::text", sql, ++n);
    }
    if (narrowing & PLAYABLE) {
        sql = apr_psprintf(pool, "%s AND $%d::text = %s", sql, ++n,
                           cctv_select_playable());
    }
    /* There is no index on id + 0. With `id` the planner would underestimate
     * the walk along the ids if the page is far from its start. */
    return apr_pstrcat(pool, sql,
                       plan == CCTV_PLAN_BY_PLANNER
                           ? " ORDER BY id + 0 LIMIT $2::int4"
                           : " ORDER BY id LIMIT $2::int4",
                       NULL);
}

void cctv_statements_offer_hls(bool is_offered)
{
    has_hls = is_offered;
}

bool cctv_statements_have_hls(void)
{
    return has_hls;
}

const char *cctv_select_playable(void)
{
#define OF_JANUS                                                              \
    "CASE WHEN COALESCE(cameras.stream_is_rtp, cameras.playable) AND "        \
    "cameras.codec IN ('H.264', 'VP8') OR cameras.sub_stream_is_rtp "
    return has_hls ? OF_JANUS "OR cameras.has_hls THEN 't' ELSE 'f' END"
                   : OF_JANUS "THEN 't' ELSE 'f' END";
#undef OF_JANUS
}

void cctv_statements_init(apr_pool_t *pconf)
{
    int plan, box, narrowing;

    for (plan = 0; plan < PLANS; plan++) {
        for (box = 0; box < BOXES; box++) {
            for (narrowing = 0; narrowing < NARROWINGS; narrowing++) {
                cctv_statement_t *s = &lists[plan][box][narrowing];

                s->number = plan == CCTV_PLAN_BY_PLANNER
                                ? -1
                                : LIST_NUMBER(plan, box, narrowing);
                s->sql = list_sql(pconf, plan, box, narrowing);
            }
        }
    }
}

static void add_box(cctv_params_t *params, const cctv_bbox_t *box)
{
    cctv_params_add_double(params, box->west);
    cctv_params_add_double(params, box->south);
    cctv_params_add_double(params, box->east);
    cctv_params_add_double(params, box->north);
}

/* Add the condition of `sees`. Such a list is rare, so it is not prepared. */
static const cctv_statement_t *with_sees(apr_pool_t *pool,
                                         const cctv_statement_t *list,
                                         const cctv_filter_t *filter,
                                         cctv_params_t *params)
{
    cctv_statement_t *statement = apr_palloc(pool, sizeof *statement);
    const char *order = strstr(list->sql, " ORDER BY ");
    const char *lng = apr_psprintf(pool, "$%d::float8", params->count + 1);
    const char *lat = apr_psprintf(pool, "$%d::float8", params->count + 2);

    cctv_params_add_double(params, filter->sees_lng);
    cctv_params_add_double(params, filter->sees_lat);
    *statement = (cctv_statement_t){
        .number = -1,
        .sql = apr_pstrcat(
            pool, apr_pstrmemdup(pool, list->sql, (size_t)(order - list->sql)),
            " AND ", cctv_sees_condition(pool, lng, lat), order, NULL)
    };
    return statement;
}

const cctv_statement_t *cctv_statement_list(apr_pool_t *pool,
                                            const cctv_filter_t *filter,
                                            cctv_plan_t plan, int rows,
                                            cctv_params_t *params)
{
    box_t box = NO_BOX;
    int narrowing = 0;

    params->count = 0;
    cctv_params_add_int(params, filter->after);
    cctv_params_add_int(params, rows);
    if (filter->has_bbox) {
        box = cctv_bbox_is_crossing(&filter->bbox) ? CROSSING_BOX : ONE_BOX;
        add_box(params, &filter->bbox);
    }
    if (filter->roles != NULL) {
        narrowing |= ROLES;
        cctv_params_add_text(params, cctv_array_of_texts(pool, filter->roles));
    }
    if (filter->status != NULL) {
        narrowing |= STATUS;
        cctv_params_add_text(params, filter->status);
    }
    if (filter->has_playable) {
        narrowing |= PLAYABLE;
        cctv_params_add_text(params, filter->playable ? "t" : "f");
    }
    return filter->has_sees
               ? with_sees(pool, &lists[plan][box][narrowing], filter, params)
               : &lists[plan][box][narrowing];
}

const cctv_statement_t *cctv_statement_count(apr_pool_t *pool,
                                             const cctv_filter_t *filter,
                                             cctv_params_t *params)
{
    cctv_statement_t *statement = apr_palloc(pool, sizeof *statement);
    cctv_filter_t all = *filter;
    const char *list;

    if (filter->words != NULL) {
        return cctv_statement_search_count(pool, filter, params);
    }
    all.after = 0;
    list = cctv_statement_list(pool, &all, CCTV_PLAN_BY_PLANNER, INT_MAX,
                               params)
               ->sql;
    *statement = (cctv_statement_t){ .number = -1,
                                     .sql = apr_pstrcat(
                                         pool, "SELECT count(*) FROM (", list,
                                         ") AS matching", NULL) };
    return statement;
}

const cctv_statement_t *cctv_statement_extent(apr_pool_t *pool,
                                              const cctv_filter_t *filter,
                                              cctv_params_t *params)
{
    cctv_statement_t *statement = apr_palloc(pool, sizeof *statement);
    cctv_filter_t all = *filter;
    const char *list;

    all.after = 0;
    all.has_rank = false;
    list = (all.words != NULL
                ? cctv_statement_search(pool, &all, INT_MAX, params)
                : cctv_statement_list(pool, &all, CCTV_PLAN_BY_PLANNER,
                                      INT_MAX, params))
               ->sql;
    *statement = (cctv_statement_t){
        .number = -1,
        .sql = apr_pstrcat(pool,
                           "SELECT min(st_x), min(st_y), max(st_x), "
                           "max(st_y), min(st_x) FILTER (WHERE st_x >= 0), "
                           "max(st_x) FILTER (WHERE st_x < 0) FROM (",
                           list, ") AS matching", NULL)
    };
    return statement;
}

const cctv_statement_t *cctv_statement_item(apr_pool_t *pool,
                                            const cctv_filter_t *filter,
                                            int id, cctv_params_t *params)
{
    params->count = 0;
    cctv_params_add_int(params, id);
    if (filter->roles == NULL) {
        return &items[0];
    }
    cctv_params_add_text(params, cctv_array_of_texts(pool, filter->roles));
    return &items[1];
}

const cctv_statement_t *cctv_statement_stream_url(int id,
                                                  cctv_params_t *params)
{
    params->count = 0;
    cctv_params_add_int(params, id);
    return &stream_url;
}

const cctv_statement_t *cctv_statement_sub_stream_url(int id,
                                                      cctv_params_t *params)
{
    params->count = 0;
    cctv_params_add_int(params, id);
    return &sub_stream_url;
}

const cctv_statement_t *cctv_statement_external_id(int id,
                                                   cctv_params_t *params)
{
    params->count = 0;
    cctv_params_add_int(params, id);
    return &external_id;
}

const cctv_statement_t *cctv_statement_set_status(int id, const char *status,
                                                  cctv_params_t *params)
{
    params->count = 0;
    cctv_params_add_int(params, id);
    cctv_params_add_text(params, status);
    return &set_status;
}

const cctv_statement_t *cctv_statement_set_reason(int id, const char *reason,
                                                  cctv_params_t *params)
{
    params->count = 0;
    cctv_params_add_int(params, id);
    cctv_params_add_text(params, reason == NULL ? "" : reason);
    return &set_reason;
}

const cctv_statement_t *cctv_statement_hls(int id, cctv_params_t *params)
{
    params->count = 0;
    cctv_params_add_int(params, id);
    return &hls;
}

const cctv_statement_t *cctv_statement_roles(apr_pool_t *pool, const int *ids,
                                             int count, cctv_params_t *params)
{
    params->count = 0;
    cctv_params_add_text(params, cctv_array_of_ints(pool, ids, count));
    return &roles;
}

const cctv_statement_t *cctv_statement_cameras(apr_pool_t *pool,
                                               const int *ids, int count,
                                               cctv_params_t *params)
{
    params->count = 0;
    cctv_params_add_text(params, cctv_array_of_ints(pool, ids, count));
    return &cameras_by_ids;
}

const cctv_statement_t *cctv_statement_all(int after, int rows,
                                           cctv_params_t *params)
{
    params->count = 0;
    cctv_params_add_int(params, after);
    cctv_params_add_int(params, rows);
    return &all_cameras;
}
