/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file connection.h
 * @brief A connection of mod_dbd, and what is made good after its reset.
 * Layer: pure.
 *
 * Other modules prepare statements on these connections (mod_authn_dbd, through
 * mod_dbd, when the connection is made) and count on them for as long as the
 * connection lives. A reset loses them: PQreset() gives the connection a new
 * backend, whether apr_dbd calls it or this module. So each connection notes
 * what was prepared on it when it was made, and libpq's event PGEVT_CONNRESET
 * prepares that again, before anyone uses the new backend.
 */
#ifndef CCTV_DATABASE_CONNECTION_H
#define CCTV_DATABASE_CONNECTION_H

#include "database/query.h"

#include "apr_pools.h"
#include "apr_tables.h"

#include <stdbool.h>

typedef struct cctv_connection_t {
    PGconn *conn;
    /** When its backend was connected to. */
    cctv_time_t since;
    /** What is prepared on it for this module. */
    cctv_prepared_t prepared;
    /** The ap_dbd_t. */
    void *dbd;
    /** NULL, or a pool that lives as long as the connection is used once. */
    apr_pool_t *once;
    /** For a list of connections.h. */
    struct cctv_connection_t *next;
    /** What is made good after a reset. */
    const apr_array_header_t *init;
    apr_array_header_t *statements;
    /** Called when the connection is closed. */
    void (*closed)(void *context);
    void *context;
} cctv_connection_t;

/** What is known of a connection; NULL: nothing yet. */
cctv_connection_t *cctv_connection_of(PGconn *conn);

/**
 * Get to know a connection that was just made: what is prepared on it now will
 * be prepared again after each reset.
 *
 * @param pool    lives as long as the connection
 * @param init    of const char *, the SQL that mod_dbd runs on each new
 *                connection; or NULL
 * @param closed  called with the context when the connection is closed
 * @return NULL: there is no memory
 * Blocks for 2 s at most.
 */
cctv_connection_t *cctv_connection_meet(PGconn *conn, apr_pool_t *pool,
                                        const apr_array_header_t *init,
                                        void (*closed)(void *context),
                                        void *context);

#endif
