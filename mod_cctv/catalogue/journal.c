/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file journal.c
 * @brief What the journal of changes says, and what there is to do about it.
 * Layer: pure.
 */
#include "catalogue/journal.h"

#include "cameras/since.h"

#include "apr_strings.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* With fewer cameras, reading all of them is as fast as reading a quarter. */
#define FEW_CAMERAS 4000

/* A file of changes grows up to so many cameras, and this share of the base. */
#define MANY_CHANGES 1000
#define MANY_SHARE   32

/* ---- Read a result ---- */

/* The number of elements of {a,b,c}, none of which contains a comma; -1: it is
 * no array. */
static int array_size(const char *text)
{
    size_t len = strlen(text);
    int count = 1;

    if (len < 2 || text[0] != '{' || text[len - 1] != '}') {
        return -1;
    }
    if (len == 2) {
        return 0;
    }
    for (; *text != '\0'; text++) {
        count += *text == ',';
    }
    return count;
}

/* @return what follows the number; NULL: it is none */
static const char *read_id(const char *text, char end, int *id)
{
    char *rest;
    long value;

    errno = 0;
    value = strtol(text, &rest, 10);
    if (text[0] < '0' || text[0] > '9' || errno != 0 || value > INT_MAX
        || *rest != end) {
        return NULL;
    }
    *id = (int)value;
    return rest + 1;
}

int cctv_journal_ids(const char *text, apr_pool_t *pool, int **out)
{
    int count = array_size(text);
    int *ids;
    int i;

    if (count < 0) {
        return -1;
    }
    ids = apr_palloc(pool, sizeof *ids * ((size_t)count + 1));
    for (i = 0, text++; i < count; i++) {
        text = read_id(text, i + 1 < count ? ',' : '}', &ids[i]);
        if (text == NULL) {
            return -1;
        }
    }
    *out = ids;
    return count;
}

/* @return what follows the status; NULL: it is none */
static const char *read_status(const char *text, char end,
                               cctv_camera_status_t *out)
{
    int status;

    for (status = 0; status < CCTV_CAMERA_STATUS_COUNT; status++) {
        size_t len = strlen(cctv_camera_status_labels[status]);

        if (strncmp(text, cctv_camera_status_labels[status], len) == 0
            && text[len] == end) {
            *out = (cctv_camera_status_t)status;
            return text + len + 1;
        }
    }
    return NULL;
}

/* Times are whole seconds since 1970, or NULL.
 * @return what follows the time; NULL: it is none */
static const char *read_since(const char *text, char end, int64_t *out)
{
    char *rest;
    long long value;

    *out = 0;
    if (strncmp(text, "NULL", 4) == 0 && text[4] == end) {
        return text + 5;
    }
    errno = 0;
    value = strtoll(text, &rest, 10);
    if (rest == text || errno != 0 || *rest != end) {
        return NULL;
    }
    *out = cctv_since_of(value);
    return rest + 1;
}

static bool read_statuses(const char *ids, const char *labels,
                          const char *times, apr_pool_t *pool,
                          cctv_journal_news_t *out)
{
    cctv_journal_status_t *statuses;
    int *id = NULL;
    int count = cctv_journal_ids(ids, pool, &id);
    int i;

    if (count < 0 || array_size(labels) != count
        || array_size(times) != count) {
        return false;
    }
    statuses = apr_pcalloc(pool, sizeof *statuses * ((size_t)count + 1));
    for (i = 0; i < count; i++) {
        char end = i + 1 < count ? ',' : '}';

        statuses[i].id = id[i];
        labels = read_status(i == 0 ? labels + 1 : labels, end,
                             &statuses[i].status);
        times = read_since(i == 0 ? times + 1 : times, end,
                           &statuses[i].since);
        if (labels == NULL || times == NULL) {
            return false;
        }
    }
    out->statuses = statuses;
    out->status_count = count;
    return true;
}

/* NULL is an empty array. */
static const char *array_at(const PGresult *rows, int column)
{
    return PQgetisnull(rows, 0, column) ? "{}" : PQgetvalue(rows, 0, column);
}

static bool is_ascending(const int *ids, int count)
{
    int i;

    for (i = 1; i < count; i++) {
        if (ids[i] <= ids[i - 1]) {
            return false;
        }
    }
    return true;
}

bool cctv_journal_read(const PGresult *rows, apr_pool_t *pool,
                       cctv_journal_news_t *out)
{
    int *ids = NULL;

    memset(out, 0, sizeof *out);
    if (PQntuples(rows) != 1 || PQnfields(rows) != CCTV_JOURNAL_COLUMN_COUNT) {
        return false;
    }
    if (PQgetisnull(rows, 0, CCTV_JOURNAL_COLUMN_REACHED)) {
        return true;
    }
    out->position = apr_pstrdup(
        pool, PQgetvalue(rows, 0, CCTV_JOURNAL_COLUMN_REACHED));
    out->resume = apr_pstrdup(pool,
                              PQgetvalue(rows, 0, CCTV_JOURNAL_COLUMN_RESUME));
    out->is_many = PQgetvalue(rows, 0, CCTV_JOURNAL_COLUMN_IS_MANY)[0] == 't';
    out->id_count = cctv_journal_ids(
        array_at(rows, CCTV_JOURNAL_COLUMN_CHANGED), pool, &ids);
    out->ids = ids;
    return out->id_count >= 0 && is_ascending(ids, out->id_count)
           && read_statuses(array_at(rows, CCTV_JOURNAL_COLUMN_STATUS_IDS),
                            array_at(rows, CCTV_JOURNAL_COLUMN_STATUSES),
                            array_at(rows, CCTV_JOURNAL_COLUMN_SINCE), pool,
                            out);
}

/* ---- What waits ---- */

static void journal_clear(cctv_journal_t *journal)
{
    free(journal->position);
    free(journal->resume);
    free(journal->ids);
    journal->position = NULL;
    journal->resume = NULL;
    journal->ids = NULL;
    journal->id_count = 0;
    journal->is_many = false;
}

void cctv_journal_start(cctv_journal_t *journal, const char *position)
{
    /* It may be the position of this journal. */
    char *copy = position == NULL || position[0] == '\0' ? NULL
                                                         : strdup(position);

    journal_clear(journal);
    journal->position = copy;
    journal->resume = copy == NULL ? NULL : strdup(copy);
    journal->is_many = copy == NULL || journal->resume == NULL;
}

/* @param out  has room for all of both */
static int merge_ids(const int *a, int a_count, const int *b, int b_count,
                     int *out)
{
    int *end = out;

    while (a_count > 0 || b_count > 0) {
        bool is_a = b_count == 0 || (a_count > 0 && *a <= *b);

        if (a_count > 0 && b_count > 0 && *a == *b) {
            b++;
            b_count--;
        }
        *end++ = is_a ? *a++ : *b++;
        a_count -= is_a;
        b_count -= !is_a;
    }
    return (int)(end - out);
}

static bool add_ids(cctv_journal_t *journal, const int *ids, int count)
{
    size_t room = (size_t)journal->id_count + (size_t)count;
    int *merged;

    if (count == 0) {
        return true;
    }
    merged = malloc(sizeof *merged * room);
    if (merged == NULL) {
        return false;
    }
    journal->id_count = merge_ids(journal->ids, journal->id_count, ids, count,
                                  merged);
    free(journal->ids);
    journal->ids = merged;
    return journal->id_count <= CCTV_JOURNAL_IDS_MAX;
}

static void replace(char **text, const char *by)
{
    free(*text);
    *text = by == NULL ? NULL : strdup(by);
}

void cctv_journal_add(cctv_journal_t *journal, const cctv_journal_news_t *news)
{
    replace(&journal->position, news->position);
    replace(&journal->resume, news->resume);
    if (journal->position == NULL || journal->resume == NULL || news->is_many
        || !add_ids(journal, news->ids, news->id_count)) {
        journal->is_many = true;
    }
}

/* Reading a row by its id, and looking it up, takes about four times as long
 * as reading it with all others. */
static bool is_most(int ids, int cameras)
{
    return cameras > FEW_CAMERAS ? ids > cameras / 4 : ids > FEW_CAMERAS / 4;
}

cctv_journal_work_t cctv_journal_work(const cctv_journal_t *journal,
                                      int cameras, cctv_time_t now)
{
    if (journal->is_many || cameras < 0
        || is_most(journal->id_count, cameras)) {
        return now < journal->earliest_whole ? CCTV_JOURNAL_NOTHING
                                             : CCTV_JOURNAL_REBUILD;
    }
    return journal->id_count == 0 || now < journal->earliest
               ? CCTV_JOURNAL_NOTHING
               : CCTV_JOURNAL_IDS;
}

bool cctv_journal_wants_base(const cctv_journal_t *journal, int cameras,
                             int changes, cctv_time_t now)
{
    /* When all cameras have to be read, that makes a base as well. */
    return !journal->is_many && changes > MANY_CHANGES
           && changes > cameras / MANY_SHARE && now >= journal->earliest_whole;
}

static void charge(cctv_time_t *earliest, int64_t cost, cctv_time_t now)
{
    cctv_time_t unused = now - CCTV_JOURNAL_WINDOW;

    if (*earliest < unused) {
        *earliest = unused;
    }
    *earliest += CCTV_JOURNAL_SHARE * cost;
}

void cctv_journal_worked(cctv_journal_t *journal, int64_t cost,
                         cctv_time_t now)
{
    charge(&journal->earliest, cost, now);
}

void cctv_journal_worked_whole(cctv_journal_t *journal, int64_t cost,
                               cctv_time_t now)
{
    charge(&journal->earliest_whole, cost, now);
}
