/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_lists.h
 * @brief What the lists of mountpoints of all Janus servers say together.
 * Layer: pure.
 */
#ifndef CCTV_VIDEO_KEEPER_LISTS_H
#define CCTV_VIDEO_KEEPER_LISTS_H

#include "video/keeper_mountpoints.h"

typedef struct {
    cctv_keeper_mountpoints_t *at[CCTV_JANUS_MAX];
    int count;
} cctv_keeper_lists_t;

/** @return whether a mountpoint has sent packets lately, on any server.
 *  Thread-safe. */
static inline bool
cctv_keeper_lists_is_online(const cctv_keeper_lists_t *lists, int64_t id)
{
    int i;

    for (i = 0; i < lists->count; i++) {
        if (cctv_keeper_mountpoints_is_online(lists->at[i], id)) {
            return true;
        }
    }
    return false;
}

/** @return whether any stream of a camera has sent packets lately, on any
 *  server. Thread-safe. */
static inline bool
cctv_keeper_lists_has_online(const cctv_keeper_lists_t *lists, int32_t camera)
{
    return cctv_keeper_lists_is_online(lists,
                                       cctv_mountpoint_id(camera, false))
           || cctv_keeper_lists_is_online(lists,
                                          cctv_mountpoint_id(camera, true));
}

#endif
