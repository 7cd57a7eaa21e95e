/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mountpoint_end.h
 * @brief When a mountpoint that nobody watches may be destroyed.
 * Layer: pure.
 *
 * To destroy the mountpoint of a pulled camera (RTSP) Janus 1.1.2 sends
 * TEARDOWN, and while the camera does not answer it can block every `watch`
 * and `info` of all others, for as long as rtsp_timeout. Which camera will do
 * so cannot be known before. So pulled mountpoints are destroyed one at a
 * time, when nobody is starting to watch anything; after one that blocked
 * Janus for long the others wait, and that camera is left connected for longer
 * from then on.
 */
#ifndef CCTV_VIDEO_MOUNTPOINT_END_H
#define CCTV_VIDEO_MOUNTPOINT_END_H

#include "video/mountpoint_table.h"

/** A call that takes longer has blocked requests of others: µs. */
#define CCTV_MOUNTPOINT_SLOW 2000000

/** A camera that blocked Janus stays connected for at least so long without
 *  a view: µs. */
#define CCTV_MOUNTPOINT_SLOW_IDLE 600000000

/** How many such cameras are remembered. */
#define CCTV_MOUNTPOINT_SLOW_COUNT 64

/** All zero: nothing has happened yet. */
typedef struct {
    /** Until when no pulled mountpoint is destroyed. */
    cctv_time_t paused_until;
    /** Cameras that blocked Janus; the oldest is overwritten. 0: none */
    int32_t slow[CCTV_MOUNTPOINT_SLOW_COUNT];
    uint32_t next;
} cctv_mountpoint_end_t;

/**
 * Whether to destroy a mountpoint now.
 *
 * @param idle_timeout  µs
 * @param last_start    when a view was started last
 */
bool cctv_mountpoint_may_end(const cctv_mountpoint_end_t *end,
                             const cctv_mountpoint_entry_t *entry,
                             int64_t idle_timeout, cctv_time_t last_start,
                             cctv_time_t now);

/** Note how long it took to destroy a pulled mountpoint: µs.
 *  @return whether it blocked Janus */
bool cctv_mountpoint_note_end(cctv_mountpoint_end_t *end, int32_t camera,
                              int64_t took, cctv_time_t now);

#endif
