/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_lifecycle.c
 * @brief Sets up in each process what video needs.
 * Layer: httpd.
 */
#include "video/mod_lifecycle.h"

#include "video/mod_part.h"
#include "core/mod_log.h"
#include "video/mod_hls.h"
#include "video/mod_keeper.h"
#include "video/mod_picture.h"
#include "video/mod_transports.h"

#include "ap_mpm.h"
#include "http_core.h"

#include <stdlib.h>

static cctv_video_t *video;

cctv_video_t *cctv_video(void)
{
    return video;
}

int cctv_video_places(void)
{
    int threads = 1;

    ap_mpm_query(AP_MPMQ_MAX_THREADS, &threads);
    return threads < 4 ? 1 : threads / 4;
}

void cctv_video_child_init(apr_pool_t *pchild, server_rec *s)
{
    cctv_video_settings_t settings = *cctv_video_settings(s);
    cctv_video_t *made;

    video = NULL;
    cctv_hls_register(s);
    if (!cctv_video_settings_have_janus(&settings)) {
        cctv_transports_register();
        return;
    }
    made = apr_pcalloc(pchild, sizeof *made);
    made->settings = settings;
    if (cctv_cold_init(&made->cold, cctv_video_places()) != 0
        || !cctv_servers_set_up(pchild, &made->settings, &made->servers)) {
        CCTV_LOG_S(APLOG_CRIT, APR_ENOMEM, s, "CCTV0020",
                   "cannot set up the gate to Janus");
        exit(APEXIT_CHILDFATAL);
    }
    video = made;
    cctv_transports_register();
    cctv_picture_child_init(s);
}

int cctv_video_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                           apr_pool_t *ptemp, server_rec *s)
{
    (void)pconf;
    (void)plog;
    (void)ptemp;
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG
        || cctv_video_memory() == NULL) {
        return OK;
    }
    cctv_servers_claim(cctv_video_settings(s));
    if (cctv_video_settings_have_janus(cctv_video_settings(s))) {
        cctv_keeper_configure(s);
    }
    return OK;
}
