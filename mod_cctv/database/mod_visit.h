/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_visit.h
 * @brief Runs queries on the connections of mod_dbd's pools, with gate,
 *        breaker, deadline, log messages and answers to the client.
 * Layer: httpd.
 */
#ifndef CCTV_DATABASE_MOD_VISIT_H
#define CCTV_DATABASE_MOD_VISIT_H

#include "database/connections.h"
#include "database/query.h"

#include "httpd.h"

#include <stdbool.h>

/**
 * The use of the database by one thread, from taking a connection to giving it
 * back. It is on the stack of the thread; its members are private to
 * the files mod_visit*.c and mod_outcome.c.
 */
typedef struct {
    request_rec *r; /* NULL: a background thread */
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
 * Start a visit: get a connection within CCTVQueryTimeout, even if it has to
 * be made first.
 *
 * @return OK: end the visit with cctv_database_end(); otherwise an HTTP
 *         status, already logged if necessary
 */
int cctv_database_begin(request_rec *r, cctv_visit_t *visit);

/**
 * As cctv_database_begin(), for a thread of a child process that serves no
 * request. Messages are logged for the server. Until all child_init hooks have
 * run, the result is HTTP_SERVICE_UNAVAILABLE, and nothing is logged.
 *
 * @param pool  a pool of this thread; lives longer than the visit
 */
int cctv_database_begin_background(server_rec *s, apr_pool_t *pool,
                                   cctv_visit_t *visit);

/** Whether a pooler, such as pgbouncer, is between this server and PostgreSQL.
 *  false: not known, because the connection was lost */
bool cctv_database_is_pooled(const cctv_visit_t *visit);

/**
 * Run a statement within the remaining time.
 *
 * @param result  written on success; PQclear() it. It outlives the visit.
 * @return OK or an HTTP status, already logged
 */
int cctv_database_query(cctv_visit_t *visit, const cctv_statement_t *statement,
                        const cctv_params_t *params, PGresult **result);

/** End a visit and give its connection back. */
void cctv_database_end(cctv_visit_t *visit);

#endif
