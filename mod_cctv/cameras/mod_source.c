/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_source.c
 * @brief Reads cameras from PostGIS.
 * Layer: httpd.
 */
#include "cameras/mod_source.h"

#include "cameras/mod_matching.h"
#include "cameras/mod_sample.h"
#include "cameras/row.h"
#include "cameras/statements.h"
#include "database/array.h"
#include "database/mod_visit.h"
#include "database/mod_runtime.h"
#include "hls/mod_settings.h"
#include "cameras/mod_part.h"

#include "apr_strings.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Cameras are counted by status again after this time: µs. The count reads the
 * whole table. */
#define COUNT_AGE 30000000

static const cctv_params_t none = { .count = 0 };

static bool boolean(const PGresult *rows, int row, int column)
{
    return PQgetvalue(rows, row, column)[0] == 't';
}

static apr_status_t clear_rows(void *rows)
{
    PQclear(rows);
    return APR_SUCCESS;
}

/* Run the last statement of a visit. */
static int finish(cctv_visit_t *visit, const cctv_statement_t *statement,
                  const cctv_params_t *params, PGresult **rows)
{
    int status = cctv_database_query(visit, statement, params, rows);

    cctv_database_end(visit);
    return status;
}

/* This ends the visit. */
static int fetch_page(cctv_visit_t *visit, const cctv_statement_t *statement,
                      const cctv_params_t *params, apr_pool_t *pool, int limit,
                      cctv_page_t *page)
{
    PGresult *rows;
    int status = finish(visit, statement, params, &rows);

    if (status != OK) {
        return status;
    }
    apr_pool_cleanup_register(pool, rows, clear_rows, apr_pool_cleanup_null);
    page->rows = rows;
    page->pool = pool;
    page->count = PQntuples(rows);
    page->is_cut = page->count > limit;
    if (page->is_cut) {
        page->count = limit;
    }
    return OK;
}

int cctv_source_list(request_rec *r, const cctv_filter_t *filter,
                     cctv_page_t *page)
{
    const cctv_statement_t *statement;
    cctv_params_t params;
    cctv_visit_t visit;
    cctv_plan_t plan = CCTV_PLAN_BY_PLANNER;
    int status;

    status = cctv_database_begin(r, &visit);
    if (status != OK) {
        return status;
    }
    status = filter->words != NULL
                 ? OK
                 : cctv_sample_choose(r->server, &visit, filter, &plan);
    if (status == OK) {
        status = cctv_matching_count(&visit, filter, &page->matched);
    }
    if (status == OK) {
        status = cctv_matching_extent(&visit, filter, &page->extent);
    }
    if (status != OK) {
        cctv_database_end(&visit);
        return status;
    }
    /* Ask for one more row than wanted, to find out whether there are more. */
    statement = filter->words != NULL
                    ? cctv_statement_search(r->pool, filter, filter->limit + 1,
                                            &params)
                    : cctv_statement_list(r->pool, filter, plan,
                                          filter->limit + 1, &params);
    return fetch_page(&visit, statement, &params, r->pool, filter->limit,
                      page);
}

int cctv_source_item(request_rec *r, const cctv_filter_t *filter, int id,
                     cctv_page_t *page)
{
    const cctv_statement_t *statement;
    cctv_params_t params;
    cctv_visit_t visit;
    int status;

    status = cctv_database_begin(r, &visit);
    if (status != OK) {
        return status;
    }
    statement = cctv_statement_item(r->pool, filter, id, &params);
    return fetch_page(&visit, statement, &params, r->pool, 1, page);
}

/* Run one statement in a visit of its own. */
static int ask(request_rec *r, const cctv_statement_t *statement,
               const cctv_params_t *params, PGresult **rows)
{
    cctv_visit_t visit;
    int status = cctv_database_begin(r, &visit);

    return status == OK ? finish(&visit, statement, params, rows) : status;
}

static int ask_in_background(server_rec *s, apr_pool_t *pool,
                             const cctv_statement_t *statement,
                             const cctv_params_t *params, PGresult **rows)
{
    cctv_visit_t visit;
    int status = cctv_database_begin_background(s, pool, &visit);

    return status == OK ? finish(&visit, statement, params, rows) : status;
}

static const char *copy_text(apr_pool_t *pool, const PGresult *rows,
                             int column)
{
    return PQntuples(rows) == 0 || PQgetisnull(rows, 0, column)
               ? NULL
               : apr_pstrdup(pool, PQgetvalue(rows, 0, column));
}

static int ask_text(request_rec *r, const cctv_statement_t *statement,
                    const cctv_params_t *params, const char **text)
{
    PGresult *rows;
    int status = ask(r, statement, params, &rows);

    if (status != OK) {
        return status;
    }
    *text = copy_text(r->pool, rows, 0);
    PQclear(rows);
    return OK;
}

int cctv_source_stream_url(request_rec *r, int id, const char **url)
{
    cctv_params_t params;
    const cctv_statement_t *statement = cctv_statement_stream_url(id, &params);

    return ask_text(r, statement, &params, url);
}

int cctv_source_sub_stream_url(request_rec *r, int id, const char **url)
{
    cctv_params_t params;
    const cctv_statement_t *statement = cctv_statement_sub_stream_url(id,
                                                                      &params);

    return ask_text(r, statement, &params, url);
}

int cctv_source_external_id(request_rec *r, int id, const char **key)
{
    cctv_params_t params;
    const cctv_statement_t *statement = cctv_statement_external_id(id,
                                                                   &params);

    return ask_text(r, statement, &params, key);
}

int cctv_source_hls(request_rec *r, int id, const char **role,
                    const char **url)
{
    cctv_params_t params;
    const cctv_statement_t *statement = cctv_statement_hls(id, &params);
    PGresult *rows;
    int status = ask(r, statement, &params, &rows);

    if (status != OK) {
        return status;
    }
    *role = copy_text(r->pool, rows, 0);
    *url = copy_text(r->pool, rows, 1);
    PQclear(rows);
    return OK;
}

int cctv_source_set_status(server_rec *s, apr_pool_t *pool, int id,
                           const char *status)
{
    const cctv_statement_t *statement;
    cctv_params_t params;
    PGresult *rows;
    int result;

    statement = cctv_statement_set_status(id, status, &params);
    result = ask_in_background(s, pool, statement, &params, &rows);
    if (result == OK) {
        PQclear(rows);
    }
    return result;
}

static int ask_whether(server_rec *s, apr_pool_t *pool,
                       const cctv_statement_t *statement, bool *has)
{
    PGresult *rows;
    int result = ask_in_background(s, pool, statement, &none, &rows);

    if (result == OK) {
        *has = boolean(rows, 0, 0);
        PQclear(rows);
    }
    return result;
}

int cctv_source_set_reason(server_rec *s, apr_pool_t *pool, int id,
                           const char *reason)
{
    const cctv_statement_t *statement;
    cctv_params_t params;
    PGresult *rows;
    bool has = false;
    int result = ask_whether(s, pool, &cctv_statement_has_reasons, &has);

    if (result != OK || !has) {
        return result;
    }
    statement = cctv_statement_set_reason(id, reason, &params);
    result = ask_in_background(s, pool, statement, &params, &rows);
    if (result == OK) {
        PQclear(rows);
    }
    return result;
}

int cctv_source_note_watcher(server_rec *s, apr_pool_t *pool, const char *name,
                             const apr_array_header_t *receives,
                             const apr_array_header_t *fails,
                             const apr_array_header_t *reasons, bool *has)
{
    cctv_params_t params;
    PGresult *rows;
    int result = ask_whether(s, pool, &cctv_statement_has_watchers, has);

    if (result != OK || !*has) {
        return result;
    }
    params.count = 0;
    cctv_params_add_text(&params, name);
    cctv_params_add_text(&params,
                         cctv_array_of_ints(pool, (const int *)receives->elts,
                                            receives->nelts));
    cctv_params_add_text(
        &params,
        cctv_array_of_ints(pool, (const int *)fails->elts, fails->nelts));
    cctv_params_add_text(&params, cctv_array_of_texts(pool, reasons));
    result = ask_in_background(s, pool, &cctv_statement_note_watcher, &params,
                               &rows);
    if (result == OK) {
        PQclear(rows);
    }
    return result;
}

int cctv_source_roles(server_rec *s, apr_pool_t *pool, const int *ids,
                      int count, cctv_source_role_t *each, void *context)
{
    const cctv_statement_t *statement;
    cctv_params_t params;
    PGresult *rows;
    int status;
    int i;

    if (count == 0) {
        return OK;
    }
    statement = cctv_statement_roles(pool, ids, count, &params);
    status = ask_in_background(s, pool, statement, &params, &rows);
    if (status != OK) {
        return status;
    }
    for (i = 0; i < PQntuples(rows); i++) {
        cctv_streams_t streams = cctv_row_role_streams(rows, i);

        each(context, atoi(PQgetvalue(rows, i, CCTV_ROLE_COLUMN_ID)),
             PQgetvalue(rows, i, CCTV_ROLE_COLUMN_ROLE),
             cctv_streams_codecs(&streams) != 0, cctv_row_role_still(rows, i));
    }
    PQclear(rows);
    return OK;
}

int cctv_source_probe(request_rec *r, bool has_video)
{
    const cctv_filter_t all = { .roles = NULL };
    const char *url;
    cctv_page_t page;
    int status = cctv_source_item(r, &all, 0, &page);

    if (status != OK) {
        return status;
    }
    cctv_source_free(&page);
    return has_video ? cctv_source_stream_url(r, 0, &url) : OK;
}

static void keep_counts(cctv_camera_counts_t *counts, const PGresult *rows)
{
    int status;
    int row;

    for (status = 0; status < CCTV_CAMERA_STATUS_COUNT; status++) {
        uint64_t count = 0;

        for (row = 0; row < PQntuples(rows); row++) {
            if (strcmp(PQgetvalue(rows, row, 0),
                       cctv_camera_status_labels[status])
                == 0) {
                count = strtoull(PQgetvalue(rows, row, 1), NULL, 10);
            }
        }
        atomic_store_explicit(&counts->count[status], count,
                              memory_order_relaxed);
    }
    atomic_store_explicit(&counts->is_known, 1, memory_order_relaxed);
}

void cctv_source_count(request_rec *r)
{
    cctv_camera_counts_t *counts = cctv_camera_counts();
    cctv_time_t now = cctv_now();
    cctv_time_t due = atomic_load_explicit(&counts->due, memory_order_relaxed);
    PGresult *rows;

    /* The thread that wins the exchange counts for all processes. */
    if (now < due
        || !atomic_compare_exchange_strong_explicit(
            &counts->due, &due, now + COUNT_AGE, memory_order_relaxed,
            memory_order_relaxed)) {
        return;
    }
    if (ask(r, &cctv_statement_counts, &none, &rows) == OK) {
        keep_counts(counts, rows);
        PQclear(rows);
    }
    else {
        atomic_store_explicit(&counts->due, now, memory_order_relaxed);
    }
}

void cctv_source_camera(const cctv_page_t *page, int i, cctv_camera_t *out)
{
    cctv_row_camera(page->rows, i, out);
}

int cctv_source_rank(const cctv_page_t *page, int i)
{
    return atoi(PQgetvalue(page->rows, i, CCTV_COLUMN_RANK));
}

void cctv_source_free(cctv_page_t *page)
{
    apr_pool_cleanup_run(page->pool, page->rows, clear_rows);
}

void cctv_source_child_init(apr_pool_t *pchild, server_rec *s)
{
    cctv_sample_child_init(pchild, s);
}

int cctv_source_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                            apr_pool_t *ptemp, server_rec *s)
{
    (void)plog;
    (void)ptemp;
    cctv_statements_offer_hls(cctv_hls_settings(s)->is_on != 0);
    cctv_statements_init(pconf);
    return OK;
}
