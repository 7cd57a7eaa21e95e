/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file adder.c
 * @brief Adds the rows of a query to a new catalogue, in a thread of its own.
 * Layer: pure.
 */
#include "catalogue/adder.h"

#include "cameras/row.h"
#include "core/thread.h"

static void add_rows(cctv_build_t *build, PGresult *rows)
{
    int count = PQntuples(rows);
    int i;

    for (i = 0; i < count; i++) {
        cctv_camera_t camera;

        cctv_row_camera(rows, i, &camera);
        camera.name_folded = cctv_row_name_folded(rows, i);
        cctv_build_add(build, &camera);
    }
    PQclear(rows);
}

/* @return the next rows; NULL: there are no more */
static PGresult *take(cctv_adder_t *adder)
{
    PGresult *rows;

    pthread_mutex_lock(&adder->mutex);
    while (adder->rows == NULL && !adder->is_over) {
        pthread_cond_wait(&adder->changed, &adder->mutex);
    }
    rows = adder->rows;
    adder->rows = NULL;
    pthread_cond_signal(&adder->changed);
    pthread_mutex_unlock(&adder->mutex);
    return rows;
}

static void *adder_thread(void *adder_)
{
    cctv_adder_t *adder = adder_;
    PGresult *rows;

    while ((rows = take(adder)) != NULL) {
        add_rows(adder->build, rows);
    }
    adder->spent = cctv_thread_spent();
    return NULL;
}

void cctv_adder_begin(cctv_adder_t *adder, cctv_build_t *build)
{
    *adder = (cctv_adder_t){ .build = build };
    pthread_mutex_init(&adder->mutex, NULL);
    pthread_cond_init(&adder->changed, NULL);
    adder->has_thread = cctv_thread_create(&adder->thread, NULL, adder_thread,
                                           adder);
}

void cctv_adder_add(cctv_adder_t *adder, PGresult *rows)
{
    if (!adder->has_thread) {
        add_rows(adder->build, rows);
        return;
    }
    pthread_mutex_lock(&adder->mutex);
    while (adder->rows != NULL) {
        pthread_cond_wait(&adder->changed, &adder->mutex);
    }
    adder->rows = rows;
    pthread_cond_signal(&adder->changed);
    pthread_mutex_unlock(&adder->mutex);
}

int64_t cctv_adder_end(cctv_adder_t *adder)
{
    if (adder->has_thread) {
        pthread_mutex_lock(&adder->mutex);
        adder->is_over = true;
        pthread_cond_signal(&adder->changed);
        pthread_mutex_unlock(&adder->mutex);
        pthread_join(adder->thread, NULL);
    }
    pthread_cond_destroy(&adder->changed);
    pthread_mutex_destroy(&adder->mutex);
    return adder->spent;
}
