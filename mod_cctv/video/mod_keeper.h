/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_keeper.h
 * @brief The keeper: the background work for video, done by one child of the
 *        whole server.
 * Layer: httpd.
 *
 * Its tasks:
 *
 * - keep the Janus sessions of views alive and end views whose video has ended
 *   (keeper_views.h);
 * - destroy the Janus sessions of views that have ended (keeper_ended.h);
 * - destroy mountpoints without viewers (keeper_mountpoints.h);
 * - write to the database which watched cameras are online
 *   (mod_keeper_status.h) and which cameras have failed
 *   (mod_failure_status.h);
 * - ask Janus once a second whether it answers (keeper_probe.h).
 *
 * mod_watchdog chooses the child, as for all background tasks. In that child
 * the tasks that call Janus have threads of their own, so a slow Janus does not
 * delay the tasks of the database, nor the other way round. All data of the tasks comes
 * from Janus and from shared memory, so the child may die at any time and the
 * next keeper goes on. After a reload the old keeper and the new one may
 * overlap for a moment: everything they do may safely be done twice.
 *
 * No deadline depends on the wall clock.
 */
#ifndef CCTV_VIDEO_MOD_KEEPER_H
#define CCTV_VIDEO_MOD_KEEPER_H

#include "views/visitor.h"

#include "httpd.h"

/** Called in post_config if a Janus is configured. */
void cctv_keeper_configure(server_rec *s);

/** The time between two runs of the task: µs. */
#define CCTV_KEEPER_INTERVAL 500000

/* The task (cctv_task_t in core/mod_part.h). It starts the keeper, and waits
 * for the database. */
void cctv_keeper_task(cctv_time_t now, apr_pool_t *pool);
void cctv_keeper_task_stop(void);

/* The functions of a visitor (views/visitor.h) that finds the views that the
 * keeper has to look after; it needs no context. */
bool cctv_keeper_begin_walk(void *context, cctv_time_t now);
void cctv_keeper_visit(void *context, const cctv_view_t *view,
                       cctv_time_t now);
void cctv_keeper_end_walk(void *context, cctv_time_t now);

/* The functions of a visitor: if no Janus is configured any more, it ends the
 * views with video that were started before. */
bool cctv_keeper_has_no_janus(void *context, cctv_time_t now);
void cctv_keeper_end_without_janus(void *context, const cctv_view_t *view,
                                   cctv_time_t now);

#endif
