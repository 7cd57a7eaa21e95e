/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file source.c
 * @brief Cameras from PostGIS.
 * Layer: httpd.
 */
#include "cameras/source.h"

#include "cameras/plan.h"
#include "cameras/statements.h"
#include "database/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* After this time a sample is drawn anew: µs. A wrong one costs speed only. */
#define SAMPLE_AGE 60000000

/* Of this process, whichever virtual host asks. */
static cctv_sample_t sample;
static pthread_rwlock_t sample_lock = PTHREAD_RWLOCK_INITIALIZER;
static _Atomic cctv_time_t sample_due;

static float number(const PGresult *rows, int row, int column)
{
    return strtof(PQgetvalue(rows, row, column), NULL);
}

static void fill_sample(const PGresult *rows)
{
    int count = PQntuples(rows);
    int i;

    pthread_rwlock_wrlock(&sample_lock);
    sample.count = 0;
    sample.scale = count == 0
                       ? 1
                       : strtod(PQgetvalue(rows, 0, CCTV_SAMPLE_COLUMN_SCALE),
                                NULL);
    for (i = 0; i < count; i++) {
        cctv_sample_add(&sample,
                        atoi(PQgetvalue(rows, i, CCTV_SAMPLE_COLUMN_ID)),
                        number(rows, i, CCTV_SAMPLE_COLUMN_LNG),
                        number(rows, i, CCTV_SAMPLE_COLUMN_LAT),
                        PQgetvalue(rows, i, CCTV_SAMPLE_COLUMN_ROLE),
                        PQgetvalue(rows, i, CCTV_SAMPLE_COLUMN_STATUS));
    }
    pthread_rwlock_unlock(&sample_lock);
}

/* One request of a minute draws the sample for all. */
static int refresh_sample(cctv_visit_t *visit)
{
    static const cctv_params_t none = { .count = 0 };
    cctv_time_t now = cctv_now();
    cctv_time_t due = atomic_load_explicit(&sample_due, memory_order_relaxed);
    PGresult *rows;
    int status;

    /* Who wins draws; the lock orders what he writes. */
    if (now < due
        || !atomic_compare_exchange_strong_explicit(
            &sample_due, &due, now + SAMPLE_AGE, memory_order_relaxed,
            memory_order_relaxed)) {
        return OK;
    }
    status = cctv_database_query(visit, &cctv_statement_sample, &none, &rows);
    if (status != OK) {
        atomic_store_explicit(&sample_due, now, memory_order_relaxed);
        return status;
    }
    fill_sample(rows);
    PQclear(rows);
    return OK;
}

static cctv_plan_t choose_plan(const cctv_filter_t *filter)
{
    cctv_plan_t plan;

    pthread_rwlock_rdlock(&sample_lock);
    plan = cctv_plan_choose(&sample, filter);
    pthread_rwlock_unlock(&sample_lock);
    return plan;
}

static apr_status_t clear_rows(void *rows)
{
    PQclear(rows);
    return APR_SUCCESS;
}

static void fill_page(request_rec *r, cctv_page_t *page, PGresult *rows,
                      int limit)
{
    apr_pool_cleanup_register(r->pool, rows, clear_rows,
                              apr_pool_cleanup_null);
    page->rows = rows;
    page->count = PQntuples(rows);
    page->is_cut = page->count > limit;
    if (page->is_cut) {
        page->count = limit;
    }
    page->pool = r->pool;
}

int cctv_source_list(request_rec *r, const cctv_filter_t *filter,
                     cctv_page_t *page)
{
    const cctv_statement_t *statement;
    cctv_params_t params;
    cctv_visit_t visit;
    PGresult *rows;
    int status;

    status = cctv_database_begin(r, &visit);
    if (status != OK) {
        return status;
    }
    status = refresh_sample(&visit);
    if (status == OK) {
        /* One more row than wanted tells whether there are more. */
        statement = cctv_statement_list(r->pool, filter, choose_plan(filter),
                                        filter->limit + 1, &params);
        status = cctv_database_query(&visit, statement, &params, &rows);
    }
    cctv_database_end(&visit);
    if (status == OK) {
        fill_page(r, page, rows, filter->limit);
    }
    return status;
}

int cctv_source_item(request_rec *r, const cctv_filter_t *filter, int id,
                     cctv_page_t *page)
{
    const cctv_statement_t *statement;
    cctv_params_t params;
    cctv_visit_t visit;
    PGresult *rows;
    int status;

    status = cctv_database_begin(r, &visit);
    if (status != OK) {
        return status;
    }
    statement = cctv_statement_item(r->pool, filter, id, &params);
    status = cctv_database_query(&visit, statement, &params, &rows);
    cctv_database_end(&visit);
    if (status == OK) {
        fill_page(r, page, rows, 1);
    }
    return status;
}

static cctv_text_t text(const PGresult *rows, int row, int column)
{
    if (PQgetisnull(rows, row, column)) {
        return (cctv_text_t){ NULL, 0 };
    }
    return (cctv_text_t){ PQgetvalue(rows, row, column),
                          (size_t)PQgetlength(rows, row, column) };
}

static bool boolean(const PGresult *rows, int row, int column)
{
    return PQgetvalue(rows, row, column)[0] == 't';
}

void cctv_source_camera(const cctv_page_t *page, int i, cctv_camera_t *out)
{
    const PGresult *rows = page->rows;

    *out = (cctv_camera_t){
        .id = text(rows, i, CCTV_COLUMN_ID),
        .lng = text(rows, i, CCTV_COLUMN_LNG),
        .lat = text(rows, i, CCTV_COLUMN_LAT),
        .name = text(rows, i, CCTV_COLUMN_NAME),
        .role = text(rows, i, CCTV_COLUMN_ROLE),
        .status = text(rows, i, CCTV_COLUMN_STATUS),
        .codec = text(rows, i, CCTV_COLUMN_CODEC),
        .profile = text(rows, i, CCTV_COLUMN_PROFILE),
        .width = text(rows, i, CCTV_COLUMN_WIDTH),
        .height = text(rows, i, CCTV_COLUMN_HEIGHT),
        .fps = text(rows, i, CCTV_COLUMN_FPS),
        .audio = boolean(rows, i, CCTV_COLUMN_AUDIO),
        .playable = boolean(rows, i, CCTV_COLUMN_PLAYABLE),
        .heading = text(rows, i, CCTV_COLUMN_HEADING),
        .field_of_view = text(rows, i, CCTV_COLUMN_FIELD_OF_VIEW),
    };
}

void cctv_source_free(cctv_page_t *page)
{
    apr_pool_cleanup_run(page->pool, page->rows, clear_rows);
}

int cctv_source_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                            apr_pool_t *ptemp, server_rec *s)
{
    (void)plog;
    (void)ptemp;
    (void)s;
    cctv_statements_init(pconf);
    return OK;
}
