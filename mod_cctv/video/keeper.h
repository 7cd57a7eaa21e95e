/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper.h
 * @brief The one thread of the whole server that looks after Janus.
 * Layer: httpd.
 *
 * It keeps the Janus sessions of views alive and destroys those of views that
 * have ended; ends views whose Janus session, viewer or right to watch is
 * gone; takes mountpoints away that nobody watches; and tells the database
 * which of the watched cameras are online. No request waits for it, and it
 * waits for Janus and for the database no longer than their limits.
 *
 * It runs as a watchdog of mod_watchdog in one child; what it knows it has
 * from Janus and from the shared memory, so that the child may die at any
 * time and another one goes on.
 */
#ifndef CCTV_VIDEO_KEEPER_H
#define CCTV_VIDEO_KEEPER_H

#include "httpd.h"

/** While configuring. */
void cctv_keeper_start(apr_pool_t *pconf, server_rec *s);

#endif
