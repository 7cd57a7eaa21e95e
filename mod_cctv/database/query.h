/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file query.h
 * @brief Runs one query on a libpq connection, asynchronously, with a
 *        deadline.
 * Layer: pure.
 *
 * The blocking calls of libpq, which apr_dbd uses, wait for ever for a server
 * that hangs.
 */
#ifndef CCTV_DATABASE_QUERY_H
#define CCTV_DATABASE_QUERY_H

#include "core/clock.h"
#include "database/cancel.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A statement. It has to live as long as the process uses it. */
typedef struct {
    /**
     * 0 to 63, unique: the statement is prepared once on each connection.
     * Negative: the statement is parsed and planned at each execution.
     */
    int number;
    const char *sql;
    /** Whether it changes rows: a standby refuses it (writing.h). */
    bool writes;
} cctv_statement_t;

#define CCTV_PARAMS_MAX 24

/**
 * The values of $1, $2, … in the order in which they were added. Start with
 * count = 0; only the first `count` entries are read.
 */
typedef struct {
    int count;
    const char *value[CCTV_PARAMS_MAX];
    int length[CCTV_PARAMS_MAX];
    int format[CCTV_PARAMS_MAX];
    char storage[CCTV_PARAMS_MAX][8];
} cctv_params_t;

/**
 * Add a parameter. int4 and float8 are sent in binary, so they are exact. A
 * text is not copied. At most CCTV_PARAMS_MAX parameters may be added.
 */
void cctv_params_add_int(cctv_params_t *params, int32_t value);
void cctv_params_add_double(cctv_params_t *params, double value);
void cctv_params_add_text(cctv_params_t *params, const char *value);

/**
 * Which of our statements are prepared on the current backend of a connection.
 * All zero for a new connection.
 */
typedef struct {
    int backend_pid;
    uint64_t prepared;
    /**
     * Part of the names of the statements. A statement that became invalid is
     * prepared again under another name.
     */
    unsigned round;
    /**
     * Nothing is prepared: a pooler, such as pgbouncer, may run each
     * transaction on another backend. Statements without a name work there,
     * since libpq sends all parts of one together.
     */
    bool is_off;
} cctv_prepared_t;

/** The time limits of a query. */
typedef struct {
    /** When cctv_query_run() returns at the latest. */
    cctv_time_t deadline;
    /**
     * When a query that is still running is cancelled. This is before the
     * deadline, so that a slow query (refused, 57014) can be told from a
     * server that hangs.
     */
    cctv_time_t cancel_at;
    /** NULL: the query is not cancelled. */
    cctv_canceller_t *canceller;
} cctv_limits_t;

typedef enum {
    CCTV_QUERY_OK,
    CCTV_QUERY_LOST,   /**< the connection is lost */
    CCTV_QUERY_LATE,   /**< the deadline passed: call cctv_query_abandon() */
    CCTV_QUERY_REFUSED /**< PostgreSQL answered with an error */
} cctv_query_status_t;

/** The error of a query with the status CCTV_QUERY_REFUSED. */
typedef struct {
    char sqlstate[6];
    char message[256];
} cctv_query_error_t;

/** Start to connect, as PQconnectStart() does. libpq writes nothing about the
 *  connection to stderr, which is Apache's error log. */
PGconn *cctv_query_start(const char *params);

/**
 * Wait until a connection that cctv_query_start() has started is made.
 *
 * @return CCTV_QUERY_OK, CCTV_QUERY_LOST, or CCTV_QUERY_LATE
 * Blocks until the deadline at most, except for the lookup of a host name.
 */
cctv_query_status_t cctv_query_connect(PGconn *conn, cctv_time_t deadline);

/**
 * Run a statement that is idempotent: it only reads, or has the same effect
 * however often it runs. (The caller repeats it when the connection is lost,
 * and it may have run before its answer was lost.) A prepared statement that
 * the backend does not know or can no longer use is prepared again, once. If that
 * does not help, nothing is prepared on this connection any more. A statement
 * that a standby has ended because of a change from the primary is run again,
 * once.
 *
 * @param conn      a made connection that no other thread uses meanwhile
 * @param prepared  the data of this connection
 * @param result    written on success, all rows in text format; PQclear() it
 * @param error     written on CCTV_QUERY_REFUSED
 * Blocks until the deadline at most. Does not change any setting of the
 * connection.
 */
cctv_query_status_t cctv_query_run(PGconn *conn, cctv_prepared_t *prepared,
                                   const cctv_statement_t *statement,
                                   const cctv_params_t *params,
                                   const cctv_limits_t *limits,
                                   PGresult **result,
                                   cctv_query_error_t *error);

/**
 * Run a text of SQL; if a name is given, prepare the text under this name
 * instead. The limits and the result are as for cctv_query_run().
 */
cctv_query_status_t cctv_query_text(PGconn *conn, const char *name,
                                    const char *sql,
                                    const cctv_limits_t *limits,
                                    PGresult **result,
                                    cctv_query_error_t *error);

/**
 * Break a connection on whose answer nobody waits any more. The next user
 * finds the connection bad (PQstatus()) and resets it, instead of reading the
 * answer of an earlier query. Does not block.
 */
void cctv_query_abandon(PGconn *conn);

/**
 * Close a connection that is idle, and wait until its backend has ended: then
 * PostgreSQL has room for another one. The next user finds the connection bad.
 *
 * Blocks until the deadline at most.
 */
void cctv_query_hang_up(PGconn *conn, cctv_time_t deadline);

#endif
