/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file lifecycle.h
 * @brief What a process needs for video, from its start to its end.
 * Layer: httpd.
 */
#ifndef CCTV_VIDEO_LIFECYCLE_H
#define CCTV_VIDEO_LIFECYCLE_H

#include "guard/gate.h"
#include "janus/janus.h"
#include "janus/mountpoint.h"
#include "video/cold.h"
#include "video/settings.h"

typedef struct {
    cctv_video_settings_t settings; /**< with the defaults put in */
    cctv_mountpoint_rules_t rules;
    cctv_janus_t *janus;
    cctv_gate_t gate;
    cctv_cold_t cold;
} cctv_video_t;

/** Of this process; NULL: no CCTVJanusURL is set. */
cctv_video_t *cctv_video(void);

/** Hook post_config. */
int cctv_video_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                           apr_pool_t *ptemp, server_rec *s);

/** Hook child_init. */
void cctv_video_child_init(apr_pool_t *pchild, server_rec *s);

#endif
