/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file freshness.h
 * @brief Whether a camera is online, from the age of its last packet.
 * Layer: pure.
 *
 * Online after packets were seen for CCTV_FRESH_FOR without a gap, offline
 * after none were for CCTV_STALE_FOR: so one that comes and goes does not
 * change its status each time.
 */
#ifndef CCTV_VIDEO_FRESHNESS_H
#define CCTV_VIDEO_FRESHNESS_H

#include "core/clock.h"

#include <stdbool.h>

/** µs. */
#define CCTV_FRESH_FOR 2000000
#define CCTV_STALE_FOR 10000000

/** A packet is no older, where packets come: ms. */
#define CCTV_FRESH_AGE 2000

/** All zero for a camera of which nothing is known. */
typedef struct {
    cctv_time_t first_seen;
    cctv_time_t last_fresh;
    cctv_time_t fresh_since; /**< 0: it is not */
    const char *told; /**< the status that the database has; NULL: not known */
    const char *status; /**< NULL: not known yet */
} cctv_freshness_t;

/** Note the age of the last packet: ms; negative: not connected. */
void cctv_freshness_note(cctv_freshness_t *freshness, int64_t age,
                         cctv_time_t now);

/** Whether packets come right now. */
static inline bool cctv_freshness_is_fresh(const cctv_freshness_t *freshness)
{
    return freshness->fresh_since != 0;
}

/** The status that has to be told: "online" or "offline"; NULL: no news. */
const char *cctv_freshness_news(const cctv_freshness_t *freshness);

/** It was told. */
void cctv_freshness_told(cctv_freshness_t *freshness);

#endif
