/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file statements.h
 * @brief The SQL that cameras are read with, and their status set.
 * Layer: pure.
 */
#ifndef CCTV_CAMERAS_STATEMENTS_H
#define CCTV_CAMERAS_STATEMENTS_H

#include "cameras/filter.h"
#include "cameras/plan.h"
#include "database/query.h"

#include "apr_pools.h"

/** The columns of every statement that yields cameras, in their order. */
enum {
    CCTV_COLUMN_ID,
    CCTV_COLUMN_LNG,
    CCTV_COLUMN_LAT,
    CCTV_COLUMN_NAME,
    CCTV_COLUMN_ROLE,
    CCTV_COLUMN_STATUS,
    CCTV_COLUMN_CODEC,
    CCTV_COLUMN_PROFILE,
    CCTV_COLUMN_WIDTH,
    CCTV_COLUMN_HEIGHT,
    CCTV_COLUMN_FPS,
    CCTV_COLUMN_AUDIO,
    CCTV_COLUMN_PLAYABLE,
    CCTV_COLUMN_HEADING,
    CCTV_COLUMN_FIELD_OF_VIEW,
    CCTV_COLUMN_COUNT
};

/** The columns of cctv_statement_sample, which has no parameters. */
enum {
    CCTV_SAMPLE_COLUMN_ID,
    CCTV_SAMPLE_COLUMN_LNG,
    CCTV_SAMPLE_COLUMN_LAT,
    CCTV_SAMPLE_COLUMN_ROLE,
    CCTV_SAMPLE_COLUMN_STATUS,
    CCTV_SAMPLE_COLUMN_SCALE /**< rows of the table for one of the sample */
};

/** The ids of all cameras, ascending. */
extern const cctv_statement_t cctv_statement_ids;

/** A row for each status that occurs, and how many cameras have it. */
extern const cctv_statement_t cctv_statement_counts;

/** Answers if cameras can be read at all. */
extern const cctv_statement_t cctv_statement_probe;

/** About 5,000 cameras from 1,024 blocks picked at random, by id: 25 ms for
 *  1,000,000 cameras, and no more for a larger table. */
extern const cctv_statement_t cctv_statement_sample;

/** Build the statements. Called while configuring, before any thread asks
 *  for one; they live as long as the pool. */
void cctv_statements_init(apr_pool_t *pconf);

/**
 * The statement for a page of cameras by id.
 *
 * @param pool    the texts among the parameters live there
 * @param rows    how many rows to ask for
 * @param params  written: its parameters
 * Thread-safe.
 */
const cctv_statement_t *cctv_statement_list(apr_pool_t *pool,
                                            const cctv_filter_t *filter,
                                            cctv_plan_t plan, int rows,
                                            cctv_params_t *params);

/** The statement for where the video of a camera comes from: one row, null
 *  where there is no such camera that is playable. */
const cctv_statement_t *cctv_statement_stream_url(int id,
                                                  cctv_params_t *params);

/** The statement that sets a status; may be run again. */
const cctv_statement_t *cctv_statement_set_status(int id, const char *status,
                                                  cctv_params_t *params);

/** The statement for the id and the role of each of these cameras that there
 *  is and that is playable. */
const cctv_statement_t *cctv_statement_roles(apr_pool_t *pool, const int *ids,
                                             int count, cctv_params_t *params);

/** The statement for one camera, if it is in one of the filter's roles; the
 *  rest of the filter does not count. */
const cctv_statement_t *cctv_statement_item(apr_pool_t *pool,
                                            const cctv_filter_t *filter,
                                            int id, cctv_params_t *params);

#endif
