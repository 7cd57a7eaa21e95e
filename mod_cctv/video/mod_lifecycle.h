/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_lifecycle.h
 * @brief What a process needs for video, from its start to its end.
 * Layer: httpd.
 */
#ifndef CCTV_VIDEO_MOD_LIFECYCLE_H
#define CCTV_VIDEO_MOD_LIFECYCLE_H

#include "video/server.h"
#include "video/mod_settings.h"

typedef struct {
    cctv_video_settings_t settings; /**< with the defaults put in */
    cctv_janus_server_t janus;
} cctv_video_t;

/** Of this process; NULL: no CCTVJanusURL is set. */
cctv_video_t *cctv_video(void);

/** Hook post_config. */
int cctv_video_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                           apr_pool_t *ptemp, server_rec *s);

/** Hook child_init. */
void cctv_video_child_init(apr_pool_t *pchild, server_rec *s);

#endif
