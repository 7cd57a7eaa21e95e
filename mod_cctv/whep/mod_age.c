/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_age.c
 * @brief A background task that ends WHEP views of users who logged in too
 *        long ago.
 * Layer: httpd.
 */
#include "whep/mod_age.h"

#include "views/mod_part.h"
#include "views/views.h"
#include "whep/mod_settings.h"

static int64_t max_age;

static bool is_too_old(const cctv_view_t *view, cctv_time_t now)
{
    return view->transport == CCTV_TRANSPORT_WHEP && view->user != 0
           && now - view->started > max_age;
}

/* If a view changes meanwhile, it ends in the next round. */
void cctv_whep_end_old_views(cctv_time_t now, apr_pool_t *pool)
{
    cctv_views_t *shared = cctv_views();
    cctv_view_t view;
    uint32_t i;

    (void)pool;
    for (i = 0; i < shared->table.max; i++) {
        if (cctv_view_table_get(&shared->table, i, &view)
            && is_too_old(&view, now)) {
            cctv_view_end(shared, &view, CCTV_ENDED_DENIED, cctv_moment_now());
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
