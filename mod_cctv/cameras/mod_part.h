/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.h
 * @brief Cameras as a part of the module.
 * Layer: httpd.
 */
#ifndef CCTV_CAMERAS_MOD_PART_H
#define CCTV_CAMERAS_MOD_PART_H

#include "cameras/counts.h"
#include "core/mod_part.h"

extern const cctv_part_t cctv_cameras_part;

/** The counts in shared memory. Valid from post_config on. */
cctv_camera_counts_t *cctv_camera_counts(void);

#endif
