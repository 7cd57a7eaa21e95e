/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_roles.h
 * @brief A background task that ends the views of cameras whose role has
 *        changed.
 * Layer: httpd.
 *
 * A view was allowed for the role that its camera had when the view started.
 * Every second walk over the views (walk.h) lists the live views; a thread of
 * its own then asks the database for the roles of their cameras, so the walk
 * does not wait for the database. It ends the views of each camera that has another role now or no
 * longer exists. Viewers who may see the camera in its new role can start a
 * new view.
 *
 * The task checks the views of all transports, and views without video too. A
 * view of video also ends if its camera is not playable any more, and one of
 * still pictures if the camera has none any more.
 */
#ifndef CCTV_VIEWS_MOD_ROLES_H
#define CCTV_VIEWS_MOD_ROLES_H

#include "views/visitor.h"

#include "httpd.h"

/** How often the task looks for a new list: µs. */
#define CCTV_ROLES_POLL 200000

/* The functions of the visitor (visitor.h); it needs no context. */
bool cctv_roles_begin(void *context, cctv_time_t now);
void cctv_roles_visit(void *context, const cctv_view_t *view, cctv_time_t now);
void cctv_roles_end(void *context, cctv_time_t now);

/** The task: see cctv_task_t in core/mod_part.h. */
void cctv_roles_check(cctv_time_t now, apr_pool_t *pool);

/** Called in post_config: find a server that has a database. */
void cctv_roles_configure(server_rec *s);

#endif
