/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file connections.h
 * @brief Takes connections from a pool of mod_dbd, and never blocks in it.
 * Layer: pure.
 *
 * mod_dbd connects in the thread that asks for a connection, with the lock of
 * its pool held. The lookup of a host name, or a server that hangs, would so
 * stop every thread that takes or returns a connection of this pool. Therefore
 * this module counts the connections. A request takes a connection from mod_dbd
 * itself where one is idle. Where one has to be made or reset, a thread of its
 * own (the opener, one for each pool) does that, and the request waits for it
 * until its deadline.
 *
 * PostgreSQL may refuse one more connection (53300, too many connections) while
 * the others work. That is load: the threads wait for those that there are. A
 * process that has none asks the others of the same Apache for one, through
 * shared memory: one of them closes one.
 */
#ifndef CCTV_DATABASE_CONNECTIONS_H
#define CCTV_DATABASE_CONNECTIONS_H

#include "core/clock.h"
#include "database/connection.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/** What a pool has to offer; the calls may block. */
typedef struct {
    /** @param pool  for a connection that is used once */
    cctv_connection_t *(*open)(void *context, apr_pool_t *pool);
    void (*close)(void *context, cctv_connection_t *connection);
    /** PostgreSQL refuses more than these connections. */
    void (*is_short)(void *context, int connections);
} cctv_connections_calls_t;

/** In memory that all processes share. All zero at the start. */
typedef struct {
    /** PostgreSQL has refused a further connection lately. */
    _Atomic cctv_time_t short_until;
    /** Until then a process without a connection tries to get one; only one
     *  process at a time may. */
    _Atomic cctv_time_t turn;
    /** 1: it wants another process to close one. A futex. */
    _Atomic uint32_t is_wanted;
} cctv_shortage_t;

/** The connections of one pool in this process. */
typedef struct {
    const cctv_connections_calls_t *calls;
    void *context;
    const char *params; /* a connection string; NULL: not known */
    int max;
    cctv_shortage_t *shortage;
    pthread_mutex_t mutex;
    pthread_cond_t change;
    atomic_bool is_stopping;
    /** Whether the opener is in mod_dbd, and may hold its lock. */
    atomic_bool is_opening;
    bool has_opener;
    /** DBDPersist off: each connection is used once. */
    bool is_single;
    /** mod_dbd gave no connection although one should be idle. */
    bool is_unsure;
    int alive;   /* that there are */
    int taken;   /* of these, by this module */
    int others;  /* of these, by requests whose login took one */
    int inside;  /* requests that are in mod_dbd at the moment */
    int waiting; /* requests that wait for a connection */
    /** How often the opener found that the database is down. */
    unsigned failures;
    /** Before that the opener tries nothing. */
    cctv_time_t retry_at;
    /** Whether it is the turn of this process, and when it last asked. */
    bool has_turn;
    cctv_time_t asked_at;
    bool has_watcher;
    cctv_connection_t *ready;    /* made, for a request that waits */
    cctv_connection_t *broken;   /* to be reset */
    cctv_connection_t *returned; /* to be closed, once the lock is free */
} cctv_connections_t;

typedef enum {
    CCTV_TAKE_OK,
    CCTV_TAKE_DOWN, /**< the database gives no connection */
    CCTV_TAKE_LATE, /**< it is not known in time whether it does */
    CCTV_TAKE_BUSY, /**< all connections are in use until the deadline */
    CCTV_TAKE_SHORT /**< the same, since PostgreSQL refuses more of them */
} cctv_take_t;

/** Set up. It lives as long as the process. @return whether it worked */
bool cctv_connections_init(cctv_connections_t *connections,
                           const cctv_connections_calls_t *calls,
                           void *context, const char *params, int max,
                           cctv_shortage_t *shortage);

/**
 * Take a connection, and give it back with cctv_connections_give().
 *
 * @param pool  of the calling thread
 * @param out   written on CCTV_TAKE_OK
 * Blocks until the deadline at most. Thread-safe.
 */
cctv_take_t cctv_connections_take(cctv_connections_t *connections,
                                  apr_pool_t *pool, cctv_time_t deadline,
                                  cctv_connection_t **out);

/** Give a connection back; one that is broken is reset. Does not block.
 *  Thread-safe. */
void cctv_connections_give(cctv_connections_t *connections,
                           cctv_connection_t *connection);

/** A connection was made (+1) or closed (-1), by whatever module.
 *  Thread-safe. */
void cctv_connections_count(cctv_connections_t *connections, int change);

/** A request whose login holds a connection begins (+1) or ends (-1).
 *  Thread-safe. */
void cctv_connections_count_others(cctv_connections_t *connections,
                                   int change);

/** Before the pool is destroyed: wait until all connections are given back, but
 *  not for ever. @return whether they are */
bool cctv_connections_stop(cctv_connections_t *connections);

#endif
