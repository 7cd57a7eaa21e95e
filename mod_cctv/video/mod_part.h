/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.h
 * @brief Video as a part of the module.
 * Layer: httpd.
 */
#ifndef CCTV_VIDEO_MOD_PART_H
#define CCTV_VIDEO_MOD_PART_H

#include "core/mod_part.h"
#include "video/memory.h"

extern const cctv_part_t cctv_video_part;

/** What video keeps in shared memory; from post_config on. */
cctv_video_memory_t *cctv_video_memory(void);

/** "off" without CCTVJanusURL, "down" while Janus is known not to answer,
 *  "up" otherwise. Static. */
const char *cctv_video_state(void);

#endif
