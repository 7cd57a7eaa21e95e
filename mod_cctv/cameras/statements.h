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

/** The columns of every statement that yields cameras, in their order: their
 *  names here, and their SQL. The enum and the SELECT are both made of this
 *  list, so they cannot disagree. F takes the first, X the others. */
#define CCTV_COLUMN_LIST(F, X)                                                \
    F(ID, "id")                                                               \
    X(LNG, "ST_X(geom)")                                                      \
    X(LAT, "ST_Y(geom)")                                                      \
    X(NAME, "name")                                                           \
    X(ROLE, "role")                                                           \
    X(STATUS, "status")                                                       \
    X(CODEC, "codec")                                                         \
    X(PROFILE, "profile")                                                     \
    X(WIDTH, "width")                                                         \
    X(HEIGHT, "height")                                                       \
    X(FPS, "fps")                                                             \
    X(AUDIO, "audio")                                                         \
    X(PLAYABLE, "playable")                                                   \
    X(HEADING, "heading")                                                     \
    X(FIELD_OF_VIEW, "field_of_view")

/** The columns of cctv_statement_sample, which has no parameters. SCALE says
 *  how many rows of the table one row of the sample stands for. */
#define CCTV_SAMPLE_COLUMN_LIST(F, X)                                         \
    F(ID, "id")                                                               \
    X(LNG, "ST_X(geom)")                                                      \
    X(LAT, "ST_Y(geom)")                                                      \
    X(ROLE, "role")                                                           \
    X(STATUS, "status")                                                       \
    X(SCALE, "(SELECT share * every FROM part)::float8")

#define CCTV_ENUM_COLUMN(name, sql)        CCTV_COLUMN_##name,
#define CCTV_ENUM_SAMPLE_COLUMN(name, sql) CCTV_SAMPLE_COLUMN_##name,

enum {
    CCTV_COLUMN_LIST(CCTV_ENUM_COLUMN, CCTV_ENUM_COLUMN) CCTV_COLUMN_COUNT
};

enum {
    CCTV_SAMPLE_COLUMN_LIST(CCTV_ENUM_SAMPLE_COLUMN, CCTV_ENUM_SAMPLE_COLUMN)
    CCTV_SAMPLE_COLUMN_COUNT
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
