/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_roles.h
 * @brief A background task that ends the views of cameras whose role has
 *        changed.
 * Layer: httpd.
 *
 * A view was allowed for the role that its camera had when the view started.
 * Every two seconds one process asks the database for the roles of the watched
 * cameras. It ends the views of each camera that has another role now or no
 * longer exists. Viewers who may see the camera in its new role can start a
 * new view.
 *
 * The task checks the views of all transports, and views without video too.
 */
#ifndef CCTV_VIEWS_MOD_ROLES_H
#define CCTV_VIEWS_MOD_ROLES_H

#include "core/clock.h"

#include "httpd.h"

/** The time between two checks: µs. */
#define CCTV_ROLES_INTERVAL 2000000

/** The task: see cctv_task_t in core/mod_part.h. */
void cctv_roles_check(cctv_time_t now, apr_pool_t *pool);

/** The post_config hook: find a server that has a database. */
int cctv_roles_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                           apr_pool_t *ptemp, server_rec *s);

#endif
