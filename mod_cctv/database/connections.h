/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file connections.h
 * @brief Takes connections from a pool of mod_dbd without blocking in mod_dbd.
 * Layer: pure.
 *
 * mod_dbd connects in the thread that asks for a connection, and holds the
 * lock of its pool meanwhile. A slow lookup of a host name, or a server that
 * hangs, would stop every thread that takes or returns a connection of this
 * pool. Therefore this module counts the connections. A request takes a
 * connection from mod_dbd itself only if one is idle. If a connection has to
 * be made or reset, a separate thread (the opener, one per pool) does that,
 * and the request waits for it until its deadline.
 *
 * PostgreSQL may refuse one more connection (53300, too many connections)
 * while the others work. That is normal under load: threads then wait for the
 * existing connections. A process without any connection asks the other
 * processes of the same Apache, through shared memory, and one of them closes
 * one (shortage.h).
 *
 * Logins of other modules must wait as well. mod_dbd makes a login wait only
 * if its pool is full (DBDMax); otherwise it opens a further connection, which
 * PostgreSQL refuses, and the login fails. Therefore a process fills its pool
 * while PostgreSQL is short: it closes a connection that a request has just
 * given back, and makes another one in its place, until the pool holds DBDMax
 * connections. It keeps the closed ones out of mod_dbd's hands, and resets
 * them as soon as PostgreSQL has room again. The pool then behaves as if
 * DBDMax were the number of connections that work. Logins that arrive before
 * the pool is full may still fail. A process with a single thread for requests
 * does not fill its pool, since no other request can hold its connection.
 */
#ifndef CCTV_DATABASE_CONNECTIONS_H
#define CCTV_DATABASE_CONNECTIONS_H

#include "core/clock.h"
#include "database/connection.h"
#include "database/shortage.h"
#include "guard/line.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/** The functions of a pool. They may block. */
typedef struct {
    /** @param pool  used for a connection that is used only once */
    cctv_connection_t *(*open)(void *context, apr_pool_t *pool);
    void (*close)(void *context, cctv_connection_t *connection);
    /** Called when PostgreSQL refuses more than these connections. */
    void (*is_short)(void *context, int connections);
} cctv_connections_calls_t;

/** The connections of one pool in one process. */
typedef struct {
    const cctv_connections_calls_t *calls;
    void *context;
    const char *params; /* a connection string; NULL: not known */
    int max;
    /** Whether the pool is filled while PostgreSQL is short. */
    bool fills;
    cctv_shortage_t *shortage;
    cctv_turn_t turn;
    pthread_mutex_t mutex;
    pthread_cond_t change;
    atomic_bool is_stopping;
    /**
     * Whether the opener is inside mod_dbd, and may hold the lock of the pool.
     */
    atomic_bool is_opening;
    bool has_opener;
    /** With DBDPersist off each connection is used only once. */
    bool is_single;
    /** mod_dbd gave no connection although one should have been idle. */
    bool is_unsure;
    int alive;   /* connections that exist */
    int taken;   /* those taken by this module */
    int others;  /* those taken by the logins of requests */
    int inside;  /* requests that are calling mod_dbd */
    int waiting; /* requests that wait for a connection */
    /** They get connections in the order in which they came. */
    cctv_line_t line;
    /** How often the opener found the database down. */
    unsigned failures;
    /**
     * Whether it was down the last time. mod_dbd, which logs each failure, is
     * then asked only after an attempt without it.
     */
    bool is_down;
    /**
     * The opener resets nothing and makes no further connection before
     * retry_at, and trades none before trade_at.
     */
    cctv_time_t retry_at;
    cctv_time_t trade_at;
    bool has_watcher;
    cctv_connection_t *ready;    /* made for a waiting request */
    cctv_connection_t *broken;   /* closed or lost, waiting for a reset */
    cctv_connection_t *traded;   /* to be closed for another in its place */
    cctv_connection_t *returned; /* to be closed once mod_dbd's lock is free */
} cctv_connections_t;

typedef enum {
    CCTV_TAKE_OK,
    CCTV_TAKE_DOWN, /**< the database refuses connections */
    CCTV_TAKE_LATE, /**< the deadline passed before that was known */
    CCTV_TAKE_BUSY, /**< all connections were in use until the deadline */
    CCTV_TAKE_SHORT /**< as BUSY, and PostgreSQL refuses more connections */
} cctv_take_t;

/**
 * Set up. Lives as long as the process.
 *
 * @param fills  whether the pool is filled while PostgreSQL is short: several
 *               threads of the process serve requests
 * @return whether it succeeded
 */
bool cctv_connections_init(cctv_connections_t *connections,
                           const cctv_connections_calls_t *calls,
                           void *context, const char *params, int max,
                           bool fills, cctv_shortage_t *shortage);

/**
 * Take a connection; give it back with cctv_connections_give().
 *
 * @param pool  a pool of the calling thread
 * @param out   written on CCTV_TAKE_OK
 * Blocks until the deadline at most. Thread-safe.
 */
cctv_take_t cctv_connections_take(cctv_connections_t *connections,
                                  apr_pool_t *pool, cctv_time_t deadline,
                                  cctv_connection_t **out);

/**
 * Give a connection back. A broken connection will be reset. Does not block.
 * Thread-safe.
 */
void cctv_connections_give(cctv_connections_t *connections,
                           cctv_connection_t *connection);

/**
 * Count a connection that any module has made (+1) or closed (-1).
 * Thread-safe.
 */
void cctv_connections_count(cctv_connections_t *connections, int change);

/**
 * Count the start (+1) or end (-1) of a request whose login holds a
 * connection. Thread-safe.
 */
void cctv_connections_count_others(cctv_connections_t *connections,
                                   int change);

/**
 * Call it before the pool is destroyed. It waits until all connections are given
 * back, for a limited time.
 * @return whether they are
 */
bool cctv_connections_stop(cctv_connections_t *connections);

#endif
