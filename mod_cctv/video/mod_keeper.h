/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_keeper.h
 * @brief The background work for video, by one child of the whole server.
 * Layer: httpd.
 *
 * It keeps the Janus sessions of views alive (keeper_views.h) and destroys
 * those of views that have ended (keeper_ended.h); ends views whose video, or
 * whose right to watch, is gone; destroys mountpoints that nobody watches
 * (keeper_mountpoints.h); tells the database which of the watched cameras are
 * online (keeper_status.h); and asks Janus once a second whether it is there
 * (keeper_probe.h).
 *
 * A watchdog of mod_watchdog chooses the child. The tasks have threads of
 * their own in it, so that a slow Janus or a slow database holds up none of
 * the others. All they know comes from Janus and from shared memory: the
 * child may die at any time, and another one goes on. After a reload the old
 * keeper and the new one may overlap for a moment; what both do is harmless
 * when it is done twice.
 *
 * No deadline follows the wall clock.
 */
#ifndef CCTV_VIDEO_MOD_KEEPER_H
#define CCTV_VIDEO_MOD_KEEPER_H

#include "core/clock.h"

#include "httpd.h"

/** While configuring a server with a Janus. */
void cctv_keeper_start(apr_pool_t *pconf, server_rec *s);

/** The keeper ends before the pool of the process does, which it uses. */
void cctv_keeper_child_init(apr_pool_t *pchild);

/** A task (core/mod_part.h): where no Janus is configured any more, the views that
 *  were started while there was one end. */
void cctv_keeper_without_janus(cctv_time_t now, apr_pool_t *pool);

#endif
