/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_pool.h
 * @brief Queries on the connections of mod_dbd's pools: the gate, the breaker,
 *        the deadline, and what the log and a client see of them.
 * Layer: httpd.
 */
#ifndef CCTV_DATABASE_MOD_POOL_H
#define CCTV_DATABASE_MOD_POOL_H

#include "database/connections.h"
#include "database/query.h"

#include "httpd.h"

#include <stdbool.h>

/** What one thread does in the database, from taking a connection to giving it
 *  back. On its stack; the fields are for pool.c alone. */
typedef struct {
    request_rec *r; /* NULL: in the background */
    server_rec *server;
    apr_pool_t *pool;
    struct cctv_pool_t *dbd_pool;
    cctv_connection_t *connection; /* NULL: it was lost */
    cctv_time_t entered;
    cctv_time_t deadline;
    bool is_probe;
    bool is_of_request;
} cctv_visit_t;

/**
 * Get a connection within CCTVQueryTimeout, also where it has to be made.
 *
 * @return OK: then end the visit; or an HTTP status, logged where it has to
 *         be
 */
int cctv_database_begin(request_rec *r, cctv_visit_t *visit);

/**
 * The same for a thread of a child process that serves no request; what there
 * is to log goes to the server. Until all hooks child_init have run, it is
 * HTTP_SERVICE_UNAVAILABLE, and nothing is logged.
 *
 * @param pool  of this thread; lives longer than the visit
 */
int cctv_database_begin_background(server_rec *s, apr_pool_t *pool,
                                   cctv_visit_t *visit);

/**
 * Run a statement within what is left of the time.
 *
 * @param result  on success; PQclear() it. It outlives the visit.
 * @return OK or an HTTP status, logged
 */
int cctv_database_query(cctv_visit_t *visit, const cctv_statement_t *statement,
                        const cctv_params_t *params, PGresult **result);

/** Give the connection back. */
void cctv_database_end(cctv_visit_t *visit);

/** Hook post_config: the breakers in shared memory, one for each pool of
 *  mod_dbd. */
int cctv_database_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                              apr_pool_t *ptemp, server_rec *s);

/** At the start: which connections mod_dbd makes is to be known. */
void cctv_database_register(void);

/** Hook child_init, before mod_dbd's. */
void cctv_database_child_init(apr_pool_t *pchild, server_rec *s);

/** Hook child_init, after mod_dbd's. */
void cctv_database_child_ready(apr_pool_t *pchild, server_rec *s);

#endif
