/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mountpoint_id.h
 * @brief The ids of mountpoints in Janus.
 * Layer: pure.
 *
 * The first stream of a camera has the id of the camera, 1 to 2^31 - 1. The
 * second stream has 2^33 plus this id. Between them are the ids of templates
 * for players that make the offer: 2^32 plus a payload type. All are less than
 * 2^53, so JSON can hold them in any language.
 */
#ifndef CCTV_JANUS_MOUNTPOINT_ID_H
#define CCTV_JANUS_MOUNTPOINT_ID_H

#include <stdbool.h>
#include <stdint.h>

#define CCTV_MOUNTPOINT_SECOND INT64_C(8589934592)

static inline int64_t cctv_mountpoint_id(int32_t camera, bool is_second)
{
    return is_second ? CCTV_MOUNTPOINT_SECOND + camera : camera;
}

static inline bool cctv_mountpoint_is_second(int64_t id)
{
    return id > CCTV_MOUNTPOINT_SECOND;
}

/** @return the camera of a mountpoint; 0: it is the mountpoint of none */
static inline int32_t cctv_mountpoint_camera(int64_t id)
{
    int64_t camera = cctv_mountpoint_is_second(id)
                         ? id - CCTV_MOUNTPOINT_SECOND
                         : id;

    return camera > 0 && camera <= INT32_MAX ? (int32_t)camera : 0;
}

#endif
