/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file statements.h
 * @brief The SQL that reads cameras and sets their status.
 * Layer: pure.
 */
#ifndef CCTV_CAMERAS_STATEMENTS_H
#define CCTV_CAMERAS_STATEMENTS_H

#include "cameras/filter.h"
#include "cameras/plan.h"
#include "database/query.h"

#include "apr_pools.h"

/** Whole seconds since 1970. A time that is infinite is not known. */
#define CCTV_SINCE_SQL                                                        \
    "CASE WHEN isfinite(cameras.status_since) THEN "                          \
    "floor(date_part('epoch', cameras.status_since))::int8 END"

/**
 * The columns of every statement that reads cameras, in their order: name and
 * SQL. Both the enum and the SELECT are generated from this list, so they
 * cannot differ. F is used for the first entry, X for the others.
 */
#define CCTV_COLUMN_LIST(F, X)                                                \
    F(ID, "id")                                                               \
    X(LNG, "ST_X(geom)")                                                      \
    X(LAT, "ST_Y(geom)")                                                      \
    X(NAME, "name")                                                           \
    X(ROLE, "role")                                                           \
    X(STATUS, "status")                                                       \
    X(STATUS_SINCE, CCTV_SINCE_SQL)                                           \
    X(STATUS_REASON, "cameras.status_reason")                                 \
    X(CODEC, "codec")                                                         \
    X(PROFILE, "profile")                                                     \
    X(WIDTH, "width")                                                         \
    X(HEIGHT, "height")                                                       \
    X(FPS, "fps")                                                             \
    X(AUDIO, "audio")                                                         \
    X(PLAYABLE, "playable")                                                   \
    X(STREAM_IS_RTP, "cameras.stream_is_rtp")                                 \
    X(SUB_STREAM_IS_RTP, "cameras.sub_stream_is_rtp")                         \
    X(HAS_HLS, "cameras.has_hls")                                             \
    X(HEADING, "heading")                                                     \
    X(FIELD_OF_VIEW, "field_of_view")                                         \
    X(RANGE, "cameras.range_m")                                               \
    X(HAS_STILL, "cameras.has_still")

/**
 * The columns of cctv_statement_sample, which has no parameters. SCALE is the
 * number of table rows that one row of the sample represents.
 */
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

/* A further column of some statements. */
#define CCTV_COLUMN_RANK        CCTV_COLUMN_COUNT
#define CCTV_COLUMN_NAME_FOLDED CCTV_COLUMN_COUNT

enum {
    CCTV_SAMPLE_COLUMN_LIST(CCTV_ENUM_SAMPLE_COLUMN, CCTV_ENUM_SAMPLE_COLUMN)
    CCTV_SAMPLE_COLUMN_COUNT
};

/** The columns of cctv_statement_roles(). */
#define CCTV_ROLE_COLUMN_LIST(F, X)                                           \
    F(ID, "id")                                                               \
    X(ROLE, "role")                                                           \
    X(CODEC, "codec")                                                         \
    X(PLAYABLE, "playable")                                                   \
    X(STREAM_IS_RTP, "cameras.stream_is_rtp")                                 \
    X(SUB_STREAM_IS_RTP, "cameras.sub_stream_is_rtp")                         \
    X(HAS_HLS, "cameras.has_hls")                                             \
    X(HAS_STILL, "cameras.has_still")

#define CCTV_ENUM_ROLE_COLUMN(name, sql) CCTV_ROLE_COLUMN_##name,

enum {
    CCTV_ROLE_COLUMN_LIST(CCTV_ENUM_ROLE_COLUMN, CCTV_ENUM_ROLE_COLUMN)
    CCTV_ROLE_COLUMN_COUNT
};

/** Selects the ids of all cameras in ascending order. */
extern const cctv_statement_t cctv_statement_ids;

/**
 * Selects a row for each status that occurs: the status and its number of
 * cameras.
 */
extern const cctv_statement_t cctv_statement_counts;

/**
 * Selects about 5,000 cameras from 1,024 random blocks, in the order of their
 * ids. It takes 25 ms for 1,000,000 cameras, and no longer for a larger table.
 */
extern const cctv_statement_t cctv_statement_sample;

/**
 * Say whether viewers may get the addresses of HLS (CCTVBrowserHls). Call it
 * before cctv_statements_init(); without a call they may not.
 */
void cctv_statements_offer_hls(bool is_offered);

/** @return what cctv_statements_offer_hls() has said */
bool cctv_statements_have_hls(void);

/**
 * Build the statements. Call it while configuring, before any thread uses one;
 * they live as long as the pool.
 */
void cctv_statements_init(apr_pool_t *pconf);

/**
 * Get the statement for a page of cameras in the order of their ids. The words
 * of the filter are ignored.
 *
 * @param pool    owns the texts in the parameters
 * @param rows    the number of rows to ask for
 * @param params  written: the parameters of the statement
 * Thread-safe.
 */
const cctv_statement_t *cctv_statement_list(apr_pool_t *pool,
                                            const cctv_filter_t *filter,
                                            cctv_plan_t plan, int rows,
                                            cctv_params_t *params);

/**
 * Make the statement for a page of the cameras whose names have the words of a
 * filter, in the order of words.h. Behind the columns of a list it has
 * CCTV_COLUMN_RANK. As cctv_statement_list().
 */
const cctv_statement_t *cctv_statement_search(apr_pool_t *pool,
                                              const cctv_filter_t *filter,
                                              int rows, cctv_params_t *params);

/**
 * Make the statement that selects the extent (extent.h) of all cameras that
 * match a filter, whatever `after` and `limit` are. Its columns are west, south,
 * east, north, first_east and last_west; a value without any such camera is
 * null. As cctv_statement_list().
 */
const cctv_statement_t *cctv_statement_extent(apr_pool_t *pool,
                                              const cctv_filter_t *filter,
                                              cctv_params_t *params);

/** As cctv_statement_count(), for a filter with words. */
const cctv_statement_t *
cctv_statement_search_count(apr_pool_t *pool, const cctv_filter_t *filter,
                            cctv_params_t *params);

/** Get the statement that reads all cameras after an id, in the order of ids,
 *  with CCTV_COLUMN_NAME_FOLDED. */
const cctv_statement_t *cctv_statement_all(int after, int rows,
                                           cctv_params_t *params);

/**
 * Get the statement that counts all cameras that match a filter, whatever its
 * `after` and `limit` are. @param pool  owns the statement, too
 */
const cctv_statement_t *cctv_statement_count(apr_pool_t *pool,
                                             const cctv_filter_t *filter,
                                             cctv_params_t *params);

/**
 * Get the statement that selects where the first or the second stream of a
 * camera comes from. It yields one row, which is null if there is no such
 * stream that Janus can pull. A table without the column sub_stream_is_rtp may
 * come without the function for the second stream.
 */
const cctv_statement_t *cctv_statement_stream_url(int id,
                                                  cctv_params_t *params);
const cctv_statement_t *cctv_statement_sub_stream_url(int id,
                                                      cctv_params_t *params);

/** Get the statement that selects the site's own key of a camera. It yields one
 *  row, which is null if there is none. An older database comes without it. */
const cctv_statement_t *cctv_statement_external_id(int id,
                                                   cctv_params_t *params);

/** Get the statement that sets the status of a camera; it is idempotent. */
const cctv_statement_t *cctv_statement_set_status(int id, const char *status,
                                                  cctv_params_t *params);

/** Selects whether the database has the function that sets reasons. */
extern const cctv_statement_t cctv_statement_has_reasons;

/** Get the statement that sets the reason for the status of a camera.
 *  @param reason  NULL: there is none */
const cctv_statement_t *cctv_statement_set_reason(int id, const char *reason,
                                                  cctv_params_t *params);

/** Selects whether the database has the function of the next one. */
extern const cctv_statement_t cctv_statement_has_watchers;

/** Tells what a server receives: its name, the cameras that it receives, those
 *  that fail, and why. */
extern const cctv_statement_t cctv_statement_note_watcher;

/**
 * Get the statement that selects CCTV_ROLE_COLUMN_LIST of each of these cameras
 * that exists.
 */
const cctv_statement_t *cctv_statement_roles(apr_pool_t *pool, const int *ids,
                                             int count, cctv_params_t *params);

/**
 * Get the statement that selects one camera, if its role is in the filter. It
 * ignores the rest of the filter.
 */
const cctv_statement_t *cctv_statement_item(apr_pool_t *pool,
                                            const cctv_filter_t *filter,
                                            int id, cctv_params_t *params);

/** Make the statement that reads the cameras of these ids, in the order of ids,
 *  with the columns of a list and CCTV_COLUMN_NAME_FOLDED. As
 *  cctv_statement_roles(). */
const cctv_statement_t *cctv_statement_cameras(apr_pool_t *pool,
                                               const int *ids, int count,
                                               cctv_params_t *params);

/** Get the statement that selects the role of a camera, and where its HLS comes
 *  from: null if it has none. It yields no row if there is no such camera. */
const cctv_statement_t *cctv_statement_hls(int id, cctv_params_t *params);

#endif
