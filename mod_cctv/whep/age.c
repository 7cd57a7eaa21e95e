/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file age.c
 * @brief Ends WHEP views of users who logged in too long ago, in the
 *        background.
 * Layer: httpd.
 */
#include "whep/age.h"

#include "config.h"
#include "shared/lifecycle.h"
#include "shared/watchdog.h"
#include "views/views.h"

#include "http_core.h"

/* How often: µs. */
#define PERIOD 2000000

static int64_t max_age;

static bool is_too_old(const cctv_session_t *session, cctv_time_t now)
{
    return session->way == CCTV_WAY_WHEP && session->user != 0
           && now - session->started > max_age;
}

/* Of the watchdog. A view that changes meanwhile ends in the next round. */
static apr_status_t end_old_views(int state, void *data, apr_pool_t *pool)
{
    cctv_shared_t *shared = cctv_lifecycle_shared();
    cctv_moment_t now = cctv_lifecycle_now();
    cctv_session_t session;
    uint32_t i;

    (void)data;
    (void)pool;
    if (state != AP_WATCHDOG_STATE_RUNNING) {
        return APR_SUCCESS;
    }
    for (i = 0; i < shared->sessions.max; i++) {
        if (cctv_sessions_get(&shared->sessions, i, &session)
            && is_too_old(&session, now.time)) {
            cctv_view_end(shared, &session, CCTV_ENDED_DENIED, now);
        }
    }
    return APR_SUCCESS;
}

int cctv_whep_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                          apr_pool_t *ptemp, server_rec *s)
{
    cctv_video_settings_t settings = cctv_config_video(s);

    (void)plog;
    (void)ptemp;
    max_age = settings.whep_max_age;
    if (ap_state_query(AP_SQ_MAIN_STATE) != AP_SQ_MS_CREATE_PRE_CONFIG
        && settings.janus_url != NULL && max_age > 0) {
        /* CCTV0036 has told where there is no watchdog. */
        cctv_watchdog_start(pconf, "_cctv_", PERIOD, end_old_views);
    }
    return OK;
}
