/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file query.h
 * @brief One query on a libpq connection, asynchronously, with a deadline.
 * Layer: pure.
 *
 * libpq's own calls, and so apr_dbd's, wait for ever on a server that hangs.
 */
#ifndef CCTV_DATABASE_QUERY_H
#define CCTV_DATABASE_QUERY_H

#include "core/clock.h"

#include <libpq-fe.h>
#include <stddef.h>
#include <stdint.h>

/** A statement; lives as long as the process uses it. */
typedef struct {
    /** 0 to 63, one for each statement that is to be prepared once on each
     *  connection; negative: parsed and planned at each execution. */
    int number;
    const char *sql;
} cctv_statement_t;

#define CCTV_PARAMS_MAX 9

/** The values of $1, $2, … in the order in which they were added. Start with
 *  count = 0; only that many entries are read. */
typedef struct {
    int count;
    const char *value[CCTV_PARAMS_MAX];
    int length[CCTV_PARAMS_MAX];
    int format[CCTV_PARAMS_MAX];
    char storage[CCTV_PARAMS_MAX][8];
} cctv_params_t;

/** Add a parameter: int4 and float8 go exact, in binary. The text is kept by
 *  pointer. At most CCTV_PARAMS_MAX may be added. */
void cctv_params_add_int(cctv_params_t *params, int32_t value);
void cctv_params_add_double(cctv_params_t *params, double value);
void cctv_params_add_text(cctv_params_t *params, const char *value);

/** What is known of a connection: which statements are prepared on the
 *  backend that serves it. All else zero for a new connection. */
typedef struct {
    /** What the backend may take for one statement; ms. Set by whoever has
     *  the connection, before each query. Below the deadline, so that a query
     *  that is too slow is told from a server that hangs: it is refused
     *  (57014). */
    int statement_timeout;
    /** What the backend was told of it. */
    int timeout_told;
    int backend_pid;
    uint64_t prepared;
    /** Part of the statements' names; a statement that went bad is prepared
     *  anew under another name. */
    unsigned round;
} cctv_prepared_t;

typedef enum {
    CCTV_QUERY_OK,
    CCTV_QUERY_LOST,   /**< no connection, and none to be had */
    CCTV_QUERY_LATE,   /**< the deadline passed; see cctv_query_abandon() */
    CCTV_QUERY_REFUSED /**< PostgreSQL answered with an error */
} cctv_query_status_t;

/** The error of a refused query. */
typedef struct {
    char sqlstate[6];
    char message[256];
} cctv_query_error_t;

/**
 * Run a statement that may be run again: one that reads, or leaves the same
 * behind however often it runs (it may have run before its answer was lost). A
 * connection that turns out to be broken is made anew, some times, and a
 * prepared statement that its backend does not know or cannot use any more is
 * prepared again, once; all of it within the deadline.
 *
 * @param conn      used by nobody else meanwhile
 * @param prepared  of this connection
 * @param result    on success, with all rows in text format; PQclear() it
 * @param error     written when refused
 * Blocks until the deadline at most, but for the lookup of a host name.
 */
cctv_query_status_t cctv_query_run(PGconn *conn, cctv_prepared_t *prepared,
                                   const cctv_statement_t *statement,
                                   const cctv_params_t *params,
                                   cctv_time_t deadline, PGresult **result,
                                   cctv_query_error_t *error);

/**
 * Break a connection whose answer is no longer waited for, so that the next
 * user finds it bad (PQstatus()) and makes it anew, instead of reading an
 * answer that was meant for another. Does not block.
 */
void cctv_query_abandon(PGconn *conn);

#endif
