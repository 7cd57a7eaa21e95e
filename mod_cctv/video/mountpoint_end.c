/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mountpoint_end.c
 * @brief Decides when a mountpoint without viewers may be destroyed.
 * Layer: pure.
 */
#include "video/mountpoint_end.h"

/* A pulled camera that has sent nothing for LOST_AGE will not come back soon;
 * until then its mountpoint is kept. When Janus destroys the mountpoint, Janus
 * first waits for an attempt to reconnect. So it is destroyed only if no view
 * has started for LOST_QUIET: µs. */
#define LOST_AGE   600000000
#define LOST_QUIET 10000000

/* The mountpoint of a camera that sends is destroyed if no view has started
 * for QUIET. If views start all the time, it is destroyed anyway after
 * QUIET_WAIT: µs. */
#define QUIET      1000000
#define QUIET_WAIT 30000000

/* After a call that blocked Janus there is a pause that is this many times as
 * long as the call, so Janus is blocked for at most a tenth of the time. */
#define PAUSE_SHARE 9

static bool end_is_slow(const cctv_mountpoint_end_t *end, int32_t camera)
{
    uint32_t i;

    for (i = 0; i < CCTV_MOUNTPOINT_SLOW_COUNT; i++) {
        if (end->slow[i] == camera) {
            return true;
        }
    }
    return false;
}

static bool end_may_pulled(const cctv_mountpoint_entry_t *entry,
                           int64_t overdue, cctv_time_t last_start,
                           cctv_time_t now)
{
    if (cctv_freshness_is_fresh(&entry->freshness)) {
        return now - last_start > QUIET || overdue > QUIET_WAIT;
    }
    return now - entry->freshness.last_fresh > LOST_AGE
           && now - last_start > LOST_QUIET;
}

bool cctv_mountpoint_may_end(const cctv_mountpoint_end_t *end,
                             const cctv_mountpoint_entry_t *entry,
                             int64_t idle_timeout, cctv_time_t last_start,
                             cctv_time_t now)
{
    int64_t idle = now - entry->last_watched;

    if (entry->is_watched || idle < idle_timeout) {
        return false;
    }
    if (!entry->is_pulled) {
        return true;
    }
    return now >= end->paused_until
           && (idle >= CCTV_MOUNTPOINT_SLOW_IDLE
               || !end_is_slow(end, entry->camera))
           && end_may_pulled(entry, idle - idle_timeout, last_start, now);
}

bool cctv_mountpoint_note_end(cctv_mountpoint_end_t *end, int32_t camera,
                              int64_t took, cctv_time_t now)
{
    if (took <= CCTV_MOUNTPOINT_SLOW) {
        return false;
    }
    end->paused_until = now + took * PAUSE_SHARE;
    if (!end_is_slow(end, camera)) {
        end->slow[end->next++ % CCTV_MOUNTPOINT_SLOW_COUNT] = camera;
    }
    return true;
}
