/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_pool.h
 * @brief The pools of mod_dbd in this process, and how they are set up.
 * Layer: httpd.
 */
#ifndef CCTV_DATABASE_MOD_POOL_H
#define CCTV_DATABASE_MOD_POOL_H

#include "database/cancel.h"
#include "database/connections.h"
#include "database/told.h"
#include "database/writing.h"
#include "guard/breaker.h"
#include "guard/gate.h"

#include "apr_dbd.h"
#include "httpd.h"
#include "mod_dbd.h"

#include <stdatomic.h>
#include <stdbool.h>

/** A pool whose mean stay is longer than this counts as slow: µs. */
#define CCTV_POOL_SLOW 500000

/** The state of a pool in memory that all processes share. */
typedef struct {
    cctv_breaker_t breaker;
    cctv_shortage_t shortage;
    _Atomic cctv_time_t warned; /* when a shortage was last logged; 0: never */
    cctv_writing_t writing;
    cctv_told_t told;
} cctv_pool_shared_t;

/** A pool of mod_dbd in this process. The gate limits the threads, because
 * mod_dbd would let any number of them wait without a deadline. */
struct cctv_pool_t {
    cctv_gate_t gate;
    int places; /* while PostgreSQL is not short of connections */
    _Atomic cctv_time_t grow_at;
    cctv_connections_t connections;
    cctv_canceller_t canceller;
    server_rec *server; /* one of the virtual hosts that share the pool */
    cctv_pool_shared_t *shared;
};

/** What all processes know about the pool of a server. */
cctv_pool_shared_t *cctv_pool_shared(const server_rec *s);

/** Whether mod_dbd is loaded. */
bool cctv_pool_has_dbd(void);

/** Whether mod_dbd has set up its pools in this process. */
bool cctv_pool_is_ready(void);

/**
 * Attach our data to a connection that mod_dbd has made. @return NULL: there
 * is no memory
 */
cctv_connection_t *cctv_pool_meet(struct cctv_pool_t *pool, ap_dbd_t *dbd,
                                  const apr_array_header_t *init);

/** Log a fault of a database unless the log has it. */
void cctv_pool_tell_fault(struct cctv_pool_t *pool, const char *fault);

/** mod_dbd's configuration of a request: NULL, or the connection it keeps. */
void *cctv_pool_kept(const request_rec *initial);

/** The connection that mod_dbd keeps for a request. NULL: there is none. */
ap_dbd_t *cctv_pool_acquire(request_rec *r);

/** After a shortage, try to use one more connection from time to time. */
void cctv_pool_grow(struct cctv_pool_t *pool);

/**
 * Hook post_config: puts the breakers, one for each pool of mod_dbd, into
 * shared memory.
 */
int cctv_database_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                              apr_pool_t *ptemp, server_rec *s);

/**
 * Register the hooks that count mod_dbd's connections. Call it at the start.
 */
void cctv_database_register(void);

/** Hook child_init; has to run before mod_dbd's. */
void cctv_database_child_init(apr_pool_t *pchild, server_rec *s);

/** Hook child_init; has to run after mod_dbd's. */
void cctv_database_child_ready(apr_pool_t *pchild, server_rec *s);

#endif
