/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_lifecycle.c
 * @brief Sets up in each process what video needs.
 * Layer: httpd.
 */
#include "video/mod_lifecycle.h"

#include "video/mod_part.h"
#include "core/mod_log.h"
#include "views/mod_part.h"
#include "video/mod_keeper.h"
#include "video/mod_picture.h"
#include "video/mod_transports.h"

#include "ap_mpm.h"
#include "http_core.h"

#include <stdlib.h>

/* Janus needs some milliseconds for a viewer. If it needs longer than this, it
 * counts as slow and fewer threads may wait for it: µs. */
#define SLOW 150000

static cctv_video_t *video;

cctv_video_t *cctv_video(void)
{
    return video;
}

static bool set_up_gate(cctv_janus_server_t *server)
{
    int threads = 1;
    int places;

    ap_mpm_query(AP_MPMQ_MAX_THREADS, &threads);
    /* Of all threads, at most a quarter calls Janus, an eighth waits while
     * Janus is slow, a quarter connects to cameras, and a quarter follows
     * these attempts. So at least an eighth is left for all other requests. */
    places = threads < 4 ? 1 : threads / 4;
    return cctv_cold_init(&server->cold, places) == 0
           && cctv_gate_init(&server->gate, places, CCTV_GATE_ANY,
                             threads < 4 ? 0 : (places + 1) / 2, SLOW)
                  == 0;
}

static bool set_up_server(apr_pool_t *pool,
                          const cctv_video_settings_t *settings,
                          cctv_janus_server_t *server)
{
    cctv_views_t *shared = cctv_views();
    cctv_janus_place_t place = {
        .url = settings->janus_url,
        .admin_url = settings->admin_url,
        .secret = settings->secret,
        .counters = &cctv_video_memory()->counters,
    };

    server->region = &cctv_video_memory()->janus;
    server->discarded = &shared->discarded;
    server->failures = &cctv_video_memory()->failures;
    server->client = cctv_janus_create(pool, &place);
    server->keeper_client = cctv_janus_create(pool, &place);
    server->has_admin = settings->admin_url != NULL;
    server->idle_timeout = settings->idle_timeout;
    server->rules = (cctv_mountpoint_rules_t){
        .secret = settings->secret,
        .cold_seconds = (int)((settings->cold_timeout + 999999) / 1000000),
        .is_pinned = settings->is_proxied != 0,
    };
    return set_up_gate(server);
}

void cctv_video_child_init(apr_pool_t *pchild, server_rec *s)
{
    cctv_video_settings_t settings = *cctv_video_settings(s);
    cctv_video_t *made;

    video = NULL;
    if (settings.janus_url == NULL) {
        cctv_transports_register();
        return;
    }
    made = apr_pcalloc(pchild, sizeof *made);
    made->settings = settings;
    if (!set_up_server(pchild, &made->settings, &made->janus)) {
        CCTV_LOG_S(APLOG_CRIT, APR_ENOMEM, s, "CCTV0020",
                   "cannot set up the gate to Janus");
        exit(APEXIT_CHILDFATAL);
    }
    video = made;
    cctv_transports_register();
    cctv_picture_child_init(s);
    cctv_keeper_child_init(pchild);
}

int cctv_video_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                           apr_pool_t *ptemp, server_rec *s)
{
    (void)plog;
    (void)ptemp;
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG
        || cctv_video_settings(s)->janus_url == NULL) {
        return OK;
    }
    cctv_keeper_start(pconf, s);
    return OK;
}
