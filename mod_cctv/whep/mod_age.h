/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_age.h
 * @brief Ends WHEP views of users who logged in too long ago, in the
 *        background.
 * Layer: httpd.
 *
 * A WHEP player sends no requests while it plays, so Apache is not asked
 * again whether its user still exists and still has the role. Such a view
 * ends after CCTVWhepMaxAge; the player has to POST again, with a login.
 */
#ifndef CCTV_WHEP_MOD_AGE_H
#define CCTV_WHEP_MOD_AGE_H

#include "core/clock.h"

#include "httpd.h"

/** How often: µs. */
#define CCTV_WHEP_AGE_INTERVAL 2000000

/** The task; see cctv_task_t. */
void cctv_whep_end_old_views(cctv_time_t now, apr_pool_t *pool);

/** Hook post_config. */
int cctv_whep_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                          apr_pool_t *ptemp, server_rec *s);

#endif
