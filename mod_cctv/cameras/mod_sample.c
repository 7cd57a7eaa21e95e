/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_sample.c
 * @brief The sample of cameras by which the plan of a list is chosen.
 * Layer: httpd.
 */
#include "cameras/mod_sample.h"

#include "cameras/statements.h"
#include "config/mod_runtime.h"
#include "http/number.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* A sample is replaced after this time: µs. An outdated sample only makes
 * requests slower. */
#define SAMPLE_AGE 60000000

static const cctv_params_t none = { .count = 0 };

/* What a process keeps about the cameras of a virtual host. */
struct sample_t {
    cctv_sample_t sample;
    pthread_rwlock_t lock;
    _Atomic cctv_time_t due; /* when to draw the next sample */
};

static cctv_runtime_slot_t sample_slot;

void cctv_sample_child_init(apr_pool_t *pchild, server_rec *s)
{
    for (; s != NULL; s = s->next) {
        /* Not apr_pcalloc(): so the memory pages of a virtual host without
         * cameras are never used. */
        struct sample_t *source = apr_palloc(pchild, sizeof *source);

        source->sample.count = 0;
        source->sample.scale = 1;
        pthread_rwlock_init(&source->lock, NULL);
        atomic_init(&source->due, 0);
        cctv_runtime_set(s, &sample_slot, source);
    }
}

static double number(const PGresult *rows, int row, int column)
{
    double value = 0;

    cctv_number_parse_double(PQgetvalue(rows, row, column),
                             (size_t)PQgetlength(rows, row, column), &value);
    return value;
}

static void fill_sample(struct sample_t *source, const PGresult *rows)
{
    cctv_sample_t *sample = &source->sample;
    int count = PQntuples(rows);
    int i;

    pthread_rwlock_wrlock(&source->lock);
    sample->count = 0;
    sample->scale = count == 0 ? 1 : number(rows, 0, CCTV_SAMPLE_COLUMN_SCALE);
    for (i = 0; i < count; i++) {
        cctv_sample_add(sample,
                        atoi(PQgetvalue(rows, i, CCTV_SAMPLE_COLUMN_ID)),
                        (float)number(rows, i, CCTV_SAMPLE_COLUMN_LNG),
                        (float)number(rows, i, CCTV_SAMPLE_COLUMN_LAT),
                        PQgetvalue(rows, i, CCTV_SAMPLE_COLUMN_ROLE),
                        PQgetvalue(rows, i, CCTV_SAMPLE_COLUMN_STATUS));
    }
    pthread_rwlock_unlock(&source->lock);
}

/* Once per SAMPLE_AGE one request draws the sample for all requests. */
static int refresh(struct sample_t *source, cctv_visit_t *visit)
{
    cctv_time_t now = cctv_now();
    cctv_time_t due = atomic_load_explicit(&source->due, memory_order_relaxed);
    PGresult *rows;
    int status;

    /* The thread that wins the exchange draws the sample; the lock orders its
     * writes. */
    if (now < due
        || !atomic_compare_exchange_strong_explicit(
            &source->due, &due, now + SAMPLE_AGE, memory_order_relaxed,
            memory_order_relaxed)) {
        return OK;
    }
    status = cctv_database_query(visit, &cctv_statement_sample, &none, &rows);
    if (status != OK) {
        atomic_store_explicit(&source->due, now, memory_order_relaxed);
        return status;
    }
    fill_sample(source, rows);
    PQclear(rows);
    return OK;
}

static cctv_plan_t choose(struct sample_t *source, const cctv_filter_t *filter)
{
    cctv_plan_t plan;

    pthread_rwlock_rdlock(&source->lock);
    plan = cctv_plan_choose(&source->sample, filter);
    pthread_rwlock_unlock(&source->lock);
    return plan;
}

int cctv_sample_choose(server_rec *s, cctv_visit_t *visit,
                       const cctv_filter_t *filter, cctv_plan_t *plan)
{
    struct sample_t *source = cctv_runtime_get(s, &sample_slot);
    int status = refresh(source, visit);

    if (status == OK) {
        *plan = choose(source, filter);
    }
    return status;
}
