/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_age.h
 * @brief Ends WHEP views of users who logged in too long ago.
 * Layer: httpd.
 *
 * A WHEP player need not send requests while it plays, so Apache may not be
 * asked again whether its user still exists and still has the role. Such a view
 * ends after CCTVWhepMaxAge; the player has to POST again, with a login.
 */
#ifndef CCTV_WHEP_MOD_AGE_H
#define CCTV_WHEP_MOD_AGE_H

#include "views/visitor.h"

#include "httpd.h"

/** The function of the visitor (views/visitor.h); it needs no context. */
void cctv_whep_age_visit(void *context, const cctv_view_t *view,
                         cctv_time_t now);

/** The post_config hook: read CCTVWhepMaxAge. */
int cctv_whep_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                          apr_pool_t *ptemp, server_rec *s);

#endif
