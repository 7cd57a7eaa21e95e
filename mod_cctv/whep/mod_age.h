/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_age.h
 * @brief A background task that ends WHEP views of users who logged in too
 *        long ago.
 * Layer: httpd.
 *
 * A WHEP player need not send requests while it plays, so Apache may not be
 * asked again whether its user still exists and still has the role. Such a view
 * ends after CCTVWhepMaxAge; the player has to POST again, with a login.
 */
#ifndef CCTV_WHEP_MOD_AGE_H
#define CCTV_WHEP_MOD_AGE_H

#include "core/clock.h"

#include "httpd.h"

/** The time between two rounds: µs. */
#define CCTV_WHEP_AGE_INTERVAL 2000000

/** The task: see cctv_task_t in core/mod_part.h. */
void cctv_whep_end_old_views(cctv_time_t now, apr_pool_t *pool);

/** The post_config hook: read CCTVWhepMaxAge. */
int cctv_whep_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                          apr_pool_t *ptemp, server_rec *s);

#endif
