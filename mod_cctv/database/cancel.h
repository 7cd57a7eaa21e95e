/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file cancel.h
 * @brief Cancels queries that take too long.
 * Layer: pure.
 *
 * PQcancel() connects to the server, and blocks for as long as the server
 * hangs. Therefore each cancel runs in a thread of its own, and their number
 * is limited: if the server hangs, all of them block until it continues.
 */
#ifndef CCTV_DATABASE_CANCEL_H
#define CCTV_DATABASE_CANCEL_H

#include "core/clock.h"

#include <libpq-fe.h>
#include <stdatomic.h>
#include <stdbool.h>

/** The most cancels of one database that may run in a process at a time. */
#define CCTV_CANCELS_MAX 4

/**
 * Counts the running cancels. All zero at the start; lives as long as the
 * process.
 */
typedef struct {
    atomic_int running;
} cctv_canceller_t;

/** A running cancel. */
typedef struct cctv_cancel_t cctv_cancel_t;

/**
 * Start to cancel the query that runs on a connection. Does not block.
 *
 * @return to be passed to cctv_cancel_wait(); NULL: too many cancels run, or
 *         there is no memory
 */
cctv_cancel_t *cctv_cancel_start(cctv_canceller_t *canceller, PGconn *conn);

/**
 * Wait until the server has received the cancel. After that it cannot hit a
 * later query of this connection. In any case `cancel` must not be used
 * afterwards.
 *
 * @return false: the deadline has passed
 */
bool cctv_cancel_wait(cctv_cancel_t *cancel, cctv_time_t deadline);

#endif
