/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_roles.h
 * @brief Ends the views of cameras whose role has changed, in the background.
 * Layer: httpd.
 *
 * A view was allowed for the role that its camera had at the start. Every
 * two seconds one process asks the database for the roles of the watched
 * cameras, and ends the views of each camera that has another role now or is
 * gone. Viewers who may see the camera in its new role start again.
 *
 * It makes no difference whether a view has video, and of which transport.
 */
#ifndef CCTV_VIEWS_MOD_ROLES_H
#define CCTV_VIEWS_MOD_ROLES_H

#include "core/clock.h"

#include "httpd.h"

/** How often: µs. */
#define CCTV_ROLES_INTERVAL 2000000

/** The task; see cctv_task_t. */
void cctv_roles_check(cctv_time_t now, apr_pool_t *pool);

/** Hook post_config. */
int cctv_roles_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                           apr_pool_t *ptemp, server_rec *s);

#endif
