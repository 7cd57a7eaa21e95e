/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file freshness.c
 * @brief Decides from the age of a camera's last packet whether the camera is
 *        online.
 * Layer: pure.
 */
#include "video/freshness.h"

#include <stddef.h>

static const char online[] = "online";
static const char offline[] = "offline";

void cctv_freshness_note(cctv_freshness_t *freshness, int64_t age,
                         cctv_time_t now)
{
    if (freshness->first_seen == 0) {
        freshness->first_seen = freshness->last_fresh = now;
    }
    if (age >= 0 && age <= CCTV_FRESH_AGE) {
        if (freshness->fresh_since == 0) {
            freshness->fresh_since = now;
        }
        freshness->last_fresh = now;
        if (now - freshness->fresh_since >= CCTV_FRESH_FOR) {
            freshness->status = online;
        }
        return;
    }
    freshness->fresh_since = 0;
    if (now - freshness->last_fresh >= CCTV_STALE_FOR) {
        freshness->status = offline;
    }
}

const char *cctv_freshness_news(const cctv_freshness_t *freshness)
{
    return freshness->status == freshness->told ? NULL : freshness->status;
}
