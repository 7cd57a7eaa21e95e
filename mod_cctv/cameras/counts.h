/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file counts.h
 * @brief The statuses of a camera, and how many cameras have each.
 * Layer: pure.
 */
#ifndef CCTV_CAMERAS_COUNTS_H
#define CCTV_CAMERAS_COUNTS_H

#include "memory/region.h"

/** The same words as in the database. */
#define CCTV_CAMERA_STATUS_LIST(X)                                            \
    X(ONLINE, "online") X(OFFLINE, "offline") X(UNKNOWN, "unknown")

#define CCTV_ENUM_CAMERA_STATUS(name, label) CCTV_CAMERA_##name,

typedef enum {
    CCTV_CAMERA_STATUS_LIST(CCTV_ENUM_CAMERA_STATUS) CCTV_CAMERA_STATUS_COUNT
} cctv_camera_status_t;

extern const char *const cctv_camera_status_labels[];

/** The last count of cameras by status, shared by all processes. */
typedef struct {
    _Atomic uint64_t count[CCTV_CAMERA_STATUS_COUNT];
    _Atomic uint64_t is_known; /**< whether cameras have been counted */
    _Atomic cctv_time_t due;   /**< when to count again */
} cctv_camera_counts_t;

extern const cctv_region_t cctv_cameras_region;

#endif
