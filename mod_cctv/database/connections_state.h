/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file connections_state.h
 * @brief The counts of the connections of a pool, and the calls of mod_dbd.
 *        Only for the files connections*.c and opener.c.
 * Layer: pure.
 *
 * Unless a comment says otherwise, the caller holds the mutex.
 */
#ifndef CCTV_DATABASE_CONNECTIONS_STATE_H
#define CCTV_DATABASE_CONNECTIONS_STATE_H

#include "database/connections.h"

/** How long to wait until a backend has ended, or something has changed: µs. */
#define CCTV_CONNECTIONS_PAUSE 20000

void cctv_connections_push(cctv_connection_t **list,
                           cctv_connection_t *connection);

/** @return NULL: the list is empty */
cctv_connection_t *cctv_connections_pop(cctv_connection_t **list);

int cctv_connections_count_list(const cctv_connection_t *list);

/** Sleep for so many µs; without the mutex. */
void cctv_connections_sleep(int64_t time);

/** Whether the process is ending. Also without the mutex. */
bool cctv_connections_is_stopping(cctv_connections_t *c);

/**
 * Whether the opener is inside mod_dbd. mod_dbd holds its lock while it makes
 * a connection, but not while it waits for one.
 */
bool cctv_connections_is_locked(const cctv_connections_t *c);

/** Whether mod_dbd has an idle connection. */
bool cctv_connections_has_idle(const cctv_connections_t *c);

/** The number of connections that are not closed. */
int cctv_connections_working(const cctv_connections_t *c);

/** Whether a request waits that needs a further connection. */
bool cctv_connections_is_short_of(const cctv_connections_t *c);

/**
 * Take a connection from mod_dbd, or return one. Both release the mutex
 * meanwhile.
 */
cctv_connection_t *cctv_connections_open(cctv_connections_t *c,
                                         apr_pool_t *pool);
void cctv_connections_close(cctv_connections_t *c,
                            cctv_connection_t *connection);

/** Return the connections that wait for mod_dbd's lock. */
void cctv_connections_close_returned(cctv_connections_t *c);

/** Take an idle connection. @return NULL: mod_dbd gives none */
cctv_connection_t *cctv_connections_take_idle(cctv_connections_t *c,
                                              apr_pool_t *pool);

/** Whether a connection that a request gives back is to be traded. */
bool cctv_connections_may_trade(const cctv_connections_t *c,
                                const cctv_connection_t *connection);

/**
 * Call it after a connection was closed. If the pool is full and none of its
 * connections works, mod_dbd gets a closed one back: logins then fail at once
 * instead of waiting for a connection that nobody resets.
 */
void cctv_connections_unblock(cctv_connections_t *c);

/** Remember what the calling thread has taken; NULL: nothing. */
void cctv_connections_note_own(const cctv_connections_t *c,
                               cctv_connection_t *connection);

/**
 * The thread that closes an idle connection when another process wants one,
 * and that has closed connections reset. Without the mutex.
 */
void *cctv_connections_watch(void *connections);

#endif
