/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_lifecycle.h
 * @brief Sets up in each process what video needs.
 * Layer: httpd.
 */
#ifndef CCTV_VIDEO_MOD_LIFECYCLE_H
#define CCTV_VIDEO_MOD_LIFECYCLE_H

#include "video/cold.h"
#include "video/mod_servers.h"
#include "video/mod_settings.h"

typedef struct {
    cctv_video_settings_t settings; /**< including defaults */
    cctv_servers_t servers;
    /** Limits how many requests of this process wait for cameras. */
    cctv_cold_t cold;
} cctv_video_t;

/** @return the video of this process; NULL: there is no Janus. From
 *  child_init on the pointer stays the same. */
cctv_video_t *cctv_video(void);

/** @return how many threads of this process may call Janus at once: at least
 *  1 */
int cctv_video_places(void);

/** The post_config hook: register the keeper. */
int cctv_video_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                           apr_pool_t *ptemp, server_rec *s);

/** The child_init hook: set up the Janus servers, and register the transports. */
void cctv_video_child_init(apr_pool_t *pchild, server_rec *s);

#endif
