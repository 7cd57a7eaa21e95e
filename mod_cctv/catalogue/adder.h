/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file adder.h
 * @brief Adds the rows of a query to a new catalogue, in a thread of its own:
 *        meanwhile the database works on the next query.
 * Layer: pure.
 */
#ifndef CCTV_CATALOGUE_ADDER_H
#define CCTV_CATALOGUE_ADDER_H

#include "catalogue/build.h"

#include <libpq-fe.h>
#include <pthread.h>

typedef struct {
    cctv_build_t *build; /* belongs to the thread until the end */
    pthread_t thread;
    bool has_thread; /* otherwise the caller's thread adds the rows */
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    /* Under the mutex. */
    PGresult *rows; /* wait for the thread; NULL: none */
    bool is_over;
    int64_t spent; /* the processor time of the thread: µs */
} cctv_adder_t;

/** Start to add to a build, which nobody else may use until the end. */
void cctv_adder_begin(cctv_adder_t *adder, cctv_build_t *build);

/**
 * Add cameras, in the order of their ids. Waits if rows are waiting already.
 *
 * @param rows  the columns of CCTV_COLUMN_LIST (cameras/statements.h) and
 *              CCTV_COLUMN_NAME_FOLDED; owned by the adder from now on
 */
void cctv_adder_add(cctv_adder_t *adder, PGresult *rows);

/** Wait until all rows were added. @return the processor time that the thread
 *  took: µs */
int64_t cctv_adder_end(cctv_adder_t *adder);

#endif
