/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file batch.h
 * @brief A piece of the ring, with the cameras as they are now; and what of it
 *        a client is told.
 * Layer: pure.
 *
 * A client is told what its cameras are now, not each step. What it knows may
 * be newer than its cursor, since its list or an earlier answer came out of a
 * newer generation than its cursor says. Therefore:
 *
 * - A camera that it may see now is sent as a whole, unless all it can have
 *   missed is the status.
 * - A camera that it may not see now is named as gone if it could be seen at
 *   any step, even if the client may have heard of that already.
 * - A camera that it could not see at any step is not named.
 */
#ifndef CCTV_PUSH_BATCH_H
#define CCTV_PUSH_BATCH_H

#include "catalogue/read.h"
#include "push/interest.h"
#include "push/memory.h"

/** The most changes of a batch. */
#define CCTV_BATCH_MAX 512

/** A change, with the camera as it is now. */
typedef struct {
    cctv_record_of_change_t change;
    int index; /**< in the catalogue; -1: the camera is gone */
    cctv_spot_t now;
    int64_t since; /**< of its status now: cameras/since.h */
} cctv_step_t;

typedef struct {
    const cctv_catalogue_t *catalogue;
    uint64_t epoch;
    uint64_t from;  /**< the number of the change before the batch */
    uint64_t until; /**< the number of its last change */
    bool has_more;  /**< whether there are changes after it */
    int count;
    /** By id, and the steps of a camera in their order. */
    cctv_step_t steps[CCTV_BATCH_MAX];
} cctv_batch_t;

/** What a client is told about a camera. */
typedef enum {
    CCTV_NEWS_NONE,
    CCTV_NEWS_CHANGED,
    CCTV_NEWS_GONE,
    CCTV_NEWS_STATUS
} cctv_news_t;

/** The number from which a client of a catalogue has to start: see
 *  cctv_ring_start(). Thread-safe. */
uint64_t cctv_batch_start(const cctv_push_t *push,
                          const cctv_catalogue_t *catalogue, cctv_time_t now);

/** How a camera is in a catalogue. Thread-safe. */
cctv_spot_t cctv_batch_spot(const cctv_segment_t *segment,
                            const cctv_catalogue_t *catalogue, int index);

/**
 * Read the changes of a catalogue after a number: at most CCTV_BATCH_MAX, and
 * none that is newer than the catalogue.
 *
 * @param catalogue  kept in the batch
 * @return false: not all of them can be read any more
 * Thread-safe.
 */
bool cctv_batch_read(const cctv_push_t *push,
                     const cctv_catalogue_t *catalogue, uint64_t from,
                     cctv_batch_t *out);

/**
 * Judge the steps of a camera.
 *
 * @param at    the first of its steps
 * @param next  written: the first step of the next camera, or batch->count
 * Thread-safe.
 */
cctv_news_t cctv_batch_judge(const cctv_batch_t *batch,
                             const cctv_interest_t *interest, int at,
                             int *next);

#endif
