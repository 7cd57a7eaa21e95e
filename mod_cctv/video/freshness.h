/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file freshness.h
 * @brief Decides from the age of a camera's last packet whether the camera is
 *        online.
 * Layer: pure.
 *
 * A camera is online after packets came for CCTV_FRESH_FOR without a gap, and
 * offline after no packet came for CCTV_STALE_FOR. So the status of a camera
 * with a bad connection does not change each time.
 */
#ifndef CCTV_VIDEO_FRESHNESS_H
#define CCTV_VIDEO_FRESHNESS_H

#include "core/clock.h"

#include <stdbool.h>

/** When the status changes: µs. */
#define CCTV_FRESH_FOR 2000000
#define CCTV_STALE_FOR 10000000

/** While a camera sends, its last packet is not older than this: ms. */
#define CCTV_FRESH_AGE 2000

/** All zero: nothing is known about the camera. */
typedef struct {
    cctv_time_t first_seen;
    cctv_time_t last_fresh;
    cctv_time_t fresh_since; /**< 0: no packets come */
    const char *told; /**< the status that the database has; NULL: not known */
    const char *status; /**< NULL: not known yet */
} cctv_freshness_t;

/** Note the age of the last packet.
 *  @param age  ms; negative: the camera is not connected */
void cctv_freshness_note(cctv_freshness_t *freshness, int64_t age,
                         cctv_time_t now);

/** @return whether packets come right now */
static inline bool cctv_freshness_is_fresh(const cctv_freshness_t *freshness)
{
    return freshness->fresh_since != 0;
}

/** @return the status that has to be written to the database: "online" or
 *  "offline"; NULL: the database has it, or it is not known yet */
const char *cctv_freshness_news(const cctv_freshness_t *freshness);

#endif
