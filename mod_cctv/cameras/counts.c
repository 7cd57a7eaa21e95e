/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file counts.c
 * @brief The statuses of a camera.
 * Layer: pure.
 */
#include "cameras/counts.h"

#define LABEL(name, label) label,

const char *const cctv_camera_status_labels[] = { CCTV_CAMERA_STATUS_LIST(
    LABEL) };

static size_t cameras_size(uint32_t capacity)
{
    (void)capacity;
    return sizeof(cctv_camera_counts_t);
}

/* The counts are not in the state file; they are counted again after a
 * start. */
const cctv_region_t cctv_cameras_region = { .name = "cameras",
                                            .layout = 1,
                                            .size = cameras_size };
