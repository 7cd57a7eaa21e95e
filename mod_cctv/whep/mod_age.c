/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_age.c
 * @brief Ends WHEP views of users who logged in too long ago, in the
 *        background.
 * Layer: httpd.
 */
#include "whep/mod_age.h"

#include "views/mod_part.h"
#include "views/views.h"
#include "whep/mod_settings.h"

static int64_t max_age;

static bool is_too_old(const cctv_session_t *session, cctv_time_t now)
{
    return session->way == CCTV_WAY_WHEP && session->user != 0
           && now - session->started > max_age;
}

/* A view that changes meanwhile ends in the next round. */
void cctv_whep_end_old_views(cctv_time_t now, apr_pool_t *pool)
{
    cctv_shared_t *shared = cctv_lifecycle_shared();
    cctv_session_t session;
    uint32_t i;

    (void)pool;
    for (i = 0; i < shared->sessions.max; i++) {
        if (cctv_sessions_get(&shared->sessions, i, &session)
            && is_too_old(&session, now)) {
            cctv_view_end(shared, &session, CCTV_ENDED_DENIED,
                          cctv_lifecycle_now());
        }
    }
}

int cctv_whep_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                          apr_pool_t *ptemp, server_rec *s)
{
    (void)pconf;
    (void)plog;
    (void)ptemp;
    max_age = cctv_whep_settings(s)->max_age;
    return OK;
}
