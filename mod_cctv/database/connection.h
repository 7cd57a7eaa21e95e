/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file connection.h
 * @brief A connection of mod_dbd, and the statements that are prepared again
 *        after its reset.
 * Layer: pure.
 *
 * Other modules prepare statements on these connections when the connection is
 * made (mod_authn_dbd, through mod_dbd). They rely on these statements for as
 * long as the connection lives. A reset loses them: PQreset(), whether apr_dbd
 * or this module calls it, gives the connection a new backend. Therefore each
 * connection records the statements that were prepared when it was made. When
 * libpq reports PGEVT_CONNRESET, they are prepared again before the new
 * backend is used.
 */
#ifndef CCTV_DATABASE_CONNECTION_H
#define CCTV_DATABASE_CONNECTION_H

#include "database/query.h"

#include "apr_pools.h"
#include "apr_tables.h"

#include <stdbool.h>

typedef struct cctv_connection_t {
    PGconn *conn;
    /** When the connection got its backend. */
    cctv_time_t since;
    /** The statements of this module that are prepared on it. */
    cctv_prepared_t prepared;
    /** The ap_dbd_t of mod_dbd. */
    void *dbd;
    /** The pool of a connection that is used only once; otherwise NULL. */
    apr_pool_t *once;
    /** The next connection in a list of connections.h. */
    struct cctv_connection_t *next;
    /** What is restored after a reset. */
    const apr_array_header_t *init;
    apr_array_header_t *statements;
    /** Whether a pooler, such as pgbouncer, is between libpq and PostgreSQL. */
    bool is_pooled;
    /** Called when the connection is closed. */
    void (*closed)(void *context);
    void *context;
} cctv_connection_t;

/**
 * Find the data of a connection. @return NULL: cctv_connection_meet() was not
 * called for it yet
 */
cctv_connection_t *cctv_connection_of(PGconn *conn);

/**
 * Attach data to a connection that was just made. The statements that are
 * prepared on it at this moment are prepared again after each reset. Blocks
 * for at most 2 s.
 *
 * @param pool    has to live as long as the connection
 * @param init    elements are const char *: the SQL that mod_dbd runs on each
 *                new connection; may be NULL
 * @param closed  called with the context when the connection is closed
 * @return NULL: there is no memory
 */
cctv_connection_t *cctv_connection_meet(PGconn *conn, apr_pool_t *pool,
                                        const apr_array_header_t *init,
                                        void (*closed)(void *context),
                                        void *context);

/**
 * Why names would be garbled on a connection: a sentence for the log. NULL: they
 * would not.
 */
const char *cctv_connection_fault(const PGconn *conn);

#endif
