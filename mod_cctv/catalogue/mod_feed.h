/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_feed.h
 * @brief Asks the database what has changed, and applies it to a catalogue.
 * Layer: httpd.
 *
 * For the thread of the refresher. What it knows is lost with its process; the
 * next process continues at the position in the file of the last generation.
 */
#ifndef CCTV_CATALOGUE_MOD_FEED_H
#define CCTV_CATALOGUE_MOD_FEED_H

#include "catalogue/mod_places.h"
#include "catalogue/read.h"
#include "core/clock.h"

#include "apr_errno.h"

#include <stdatomic.h>

typedef enum {
    CCTV_FEED_UNKNOWN, /**< the database does not answer; it is logged */
    CCTV_FEED_SAME,    /**< the catalogue is as the table */
    CCTV_FEED_LATER,   /**< there are changes whose time has not come */
    CCTV_FEED_CHANGES, /**< call cctv_feed_apply() */
    CCTV_FEED_REBUILD  /**< read the whole table */
} cctv_feed_t;

/**
 * Ask what has changed: the journal, or if there is none the counters of the
 * table. Changed statuses are written in place, and the listener is told.
 *
 * @param last  the current generation; NULL: there is none
 */
cctv_feed_t cctv_feed_poll(const cctv_catalogue_place_t *place,
                           const cctv_catalogue_t *last, apr_pool_t *pool);

/**
 * While a generation is made, which may take seconds: write changed statuses
 * in place, if it is time to. It changes nothing else.
 */
void cctv_feed_statuses(const cctv_catalogue_place_t *place,
                        const cctv_catalogue_t *last, apr_pool_t *pool);

/** The position in the journal for the file of the next generation; "": there
 *  is none. */
const char *cctv_feed_position(const cctv_catalogue_place_t *place);

/**
 * After CCTV_FEED_CHANGES: read the cameras that have changed, and write the
 * file of changes of a new generation.
 *
 * @param fd   an empty file; -1: none was needed, because the cameras do not
 *             really differ. Otherwise the caller publishes or discards it
 * @param ids  written on success: the ids that may differ, valid until
 *             cctv_feed_published()
 * @param why  written on failure: an English phrase; NULL: it is logged
 *             already, or the process ends
 */
apr_status_t cctv_feed_apply(const cctv_catalogue_place_t *place,
                             const cctv_catalogue_t *last,
                             const atomic_bool *is_stopped, apr_pool_t *pool,
                             int *fd, const int **ids, int *count,
                             const char **why);

/** The generation of the last cctv_feed_apply() or rebuild was published, or
 *  was not needed: now == last. */
void cctv_feed_published(const cctv_catalogue_place_t *place,
                         const cctv_catalogue_t *now);

/** A generation with the same cameras as the last one was published. */
void cctv_feed_continued(const cctv_catalogue_place_t *place,
                         const cctv_catalogue_t *now);

/** Whether it is time to make a new base of this generation. */
bool cctv_feed_wants_base(const cctv_catalogue_place_t *place,
                          const cctv_catalogue_t *last);

/** Changes have been applied, or that has failed.
 *  @param cost  the processor time that it took: µs */
void cctv_feed_worked(const cctv_catalogue_place_t *place, int64_t cost);

/** The same when all cameras were written. */
void cctv_feed_worked_whole(const cctv_catalogue_place_t *place, int64_t cost);

#endif
