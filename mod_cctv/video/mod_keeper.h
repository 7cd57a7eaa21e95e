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
 * A watchdog of mod_watchdog chooses the child. In that child the tasks that
 * call Janus have threads of their own, so a slow Janus does not delay the
 * tasks of the database, nor the other way round. All data of the tasks comes
 * from Janus and from shared memory, so the child may die at any time and the
 * next keeper goes on. After a reload the old keeper and the new one may
 * overlap for a moment: everything they do may safely be done twice.
 *
 * No deadline depends on the wall clock.
 */
#ifndef CCTV_VIDEO_MOD_KEEPER_H
#define CCTV_VIDEO_MOD_KEEPER_H

#include "core/clock.h"

#include "httpd.h"

/** Register the watchdog. Called in post_config if a Janus is configured. */
void cctv_keeper_start(apr_pool_t *pconf, server_rec *s);

/** The keeper ends before the pool of the process does, which it uses. */
void cctv_keeper_child_init(apr_pool_t *pchild);

/** A task (cctv_task_t in core/mod_part.h): if no Janus is configured any
 *  more, end the views with video that were started before. */
void cctv_keeper_without_janus(cctv_time_t now, apr_pool_t *pool);

#endif
