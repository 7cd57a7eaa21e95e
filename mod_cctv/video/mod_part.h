/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.h
 * @brief The video part of the module.
 * Layer: httpd.
 */
#ifndef CCTV_VIDEO_MOD_PART_H
#define CCTV_VIDEO_MOD_PART_H

#include "core/mod_part.h"
#include "video/memory.h"

extern const cctv_part_t cctv_video_part;

/** @return the shared memory of the video part, which exists from post_config
 *  on */
cctv_video_memory_t *cctv_video_memory(void);

/** @return "off" without a Janus, "down" while all are known not to answer or to
 *  refuse us, otherwise "up"; static */
const char *cctv_video_state(void);

/** @return how many mountpoints the Janus servers have for us */
uint64_t cctv_video_mountpoints(void);

#endif
