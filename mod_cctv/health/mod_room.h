/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_room.h
 * @brief A background task that compares the pools of mod_dbd with what
 *        PostgreSQL allows.
 * Layer: httpd.
 */
#ifndef CCTV_HEALTH_MOD_ROOM_H
#define CCTV_HEALTH_MOD_ROOM_H

#include "core/clock.h"

#include "httpd.h"

/** How often the task looks whether there is something to do: µs. */
#define CCTV_ROOM_INTERVAL 1000000

/** Called in post_config: all databases are to be looked at again. */
void cctv_room_configure(server_rec *s);

/**
 * The task: see cctv_task_t in core/mod_part.h. Once a request has used a
 * database, ask PostgreSQL how many connections it allows, and tell once if
 * the pools of all children could need more.
 */
void cctv_room_check(cctv_time_t now, apr_pool_t *pool);

#endif
