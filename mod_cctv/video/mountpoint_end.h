/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mountpoint_end.h
 * @brief Decides when a mountpoint without viewers may be destroyed.
 * Layer: pure.
 *
 * To destroy the mountpoint of a pulled camera (RTSP), Janus 1.1.2 sends
 * TEARDOWN to the camera. While the camera does not answer, Janus may block
 * the `watch` and `info` calls of all cameras, for up to rtsp_timeout. It is
 * not known in advance which camera will not answer. So pulled mountpoints are
 * destroyed one at a time, while no view is starting. After a destroy call
 * that blocked Janus for long, the next ones wait, and from then on that
 * camera stays connected for longer.
 */
#ifndef CCTV_VIDEO_MOUNTPOINT_END_H
#define CCTV_VIDEO_MOUNTPOINT_END_H

#include "video/mountpoint_table.h"

/** A destroy call that takes longer has blocked other requests: µs. */
#define CCTV_MOUNTPOINT_SLOW 2000000

/** A camera that blocked Janus stays connected for at least this long without
 *  a view: µs. */
#define CCTV_MOUNTPOINT_SLOW_IDLE 600000000

/** How many cameras that blocked Janus are remembered. */
#define CCTV_MOUNTPOINT_SLOW_COUNT 64

/** All zero: nothing has happened yet. */
typedef struct {
    /** No pulled mountpoint is destroyed before this time. */
    cctv_time_t paused_until;
    /** Cameras that blocked Janus; 0: none. A new one overwrites the
     *  oldest. */
    int32_t slow[CCTV_MOUNTPOINT_SLOW_COUNT];
    uint32_t next;
} cctv_mountpoint_end_t;

/**
 * @param idle_timeout  how long a camera stays connected without a view: µs
 * @param last_start    when a view of any camera was started last
 * @return whether to destroy a mountpoint now
 */
bool cctv_mountpoint_may_end(const cctv_mountpoint_end_t *end,
                             const cctv_mountpoint_entry_t *entry,
                             int64_t idle_timeout, cctv_time_t last_start,
                             cctv_time_t now);

/** Note that a pulled mountpoint was destroyed.
 *  @param took  how long the call took: µs
 *  @return whether the call has blocked Janus */
bool cctv_mountpoint_note_end(cctv_mountpoint_end_t *end, int32_t camera,
                              int64_t took, cctv_time_t now);

#endif
