/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file cancel.h
 * @brief Cancels queries that take too long.
 * Layer: pure.
 *
 * PQcancel() connects to the server, and blocks for as long as the server
 * hangs. So each cancel has a thread of its own, and their number is bounded:
 * with a server that hangs, all of them block until it goes on.
 */
#ifndef CCTV_DATABASE_CANCEL_H
#define CCTV_DATABASE_CANCEL_H

#include "core/clock.h"

#include <libpq-fe.h>
#include <stdatomic.h>
#include <stdbool.h>

/** How many cancels of one database may be under way in a process. */
#define CCTV_CANCELS_MAX 4

/** All zero: none is under way. Lives as long as the process. */
typedef struct {
    atomic_int running;
} cctv_canceller_t;

/** A cancel that is under way. */
typedef struct cctv_cancel_t cctv_cancel_t;

/**
 * Cancel the query that runs on a connection.
 *
 * @return what to give to cctv_cancel_wait(); NULL: too many are under way, or
 *         there is no memory
 * Does not block.
 */
cctv_cancel_t *cctv_cancel_start(cctv_canceller_t *canceller, PGconn *conn);

/**
 * Wait until the server has taken the cancel. From then on it can hit no later
 * query of this connection.
 *
 * @return false where this takes longer than the deadline
 * The cancel may not be used any more, whatever is returned.
 */
bool cctv_cancel_wait(cctv_cancel_t *cancel, cctv_time_t deadline);

#endif
