/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_age.c
 * @brief Ends WHEP views of users who logged in too long ago.
 * Layer: httpd.
 */
#include "whep/mod_age.h"

#include "views/mod_part.h"
#include "views/views.h"
#include "whep/mod_settings.h"

static int64_t max_age;

/* If the view changes meanwhile, it ends in the next walk. */
void cctv_whep_age_visit(void *context, const cctv_view_t *view,
                         cctv_time_t now)
{
    (void)context;
    if (view->transport == CCTV_TRANSPORT_WHEP && view->user != 0
        && now - view->started > max_age) {
        cctv_view_end(cctv_views(), view, CCTV_ENDED_DENIED,
                      cctv_moment_now());
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
