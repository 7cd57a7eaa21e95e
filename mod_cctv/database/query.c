/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file query.c
 * @brief Runs one query on a libpq connection, asynchronously, with a
 *        deadline.
 * Layer: pure.
 */
#include "database/query.h"

#include <errno.h>
#include <endian.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define FORMAT_TEXT   0
#define FORMAT_BINARY 1

/* The size of the name of a prepared statement. */
#define NAME_SIZE 32

static void params_add(cctv_params_t *params, const char *value, int length,
                       int format)
{
    params->value[params->count] = value;
    params->length[params->count] = length;
    params->format[params->count] = format;
    params->count++;
}

void cctv_params_add_int(cctv_params_t *params, int32_t value)
{
    uint32_t bits = htobe32((uint32_t)value);
    char *storage = params->storage[params->count];

    memcpy(storage, &bits, sizeof bits);
    params_add(params, storage, sizeof bits, FORMAT_BINARY);
}

void cctv_params_add_double(cctv_params_t *params, double value)
{
    uint64_t bits;
    char *storage = params->storage[params->count];

    memcpy(&bits, &value, sizeof bits);
    bits = htobe64(bits);
    memcpy(storage, &bits, sizeof bits);
    params_add(params, storage, sizeof bits, FORMAT_BINARY);
}

void cctv_params_add_text(cctv_params_t *params, const char *value)
{
    params_add(params, value, 0, FORMAT_TEXT);
}

/* Wait until the socket is ready for reading (or writing). */
static bool wait_for(PGconn *conn, short events, cctv_time_t deadline)
{
    for (;;) {
        cctv_time_t left = deadline - cctv_now();
        struct pollfd pfd = { .fd = PQsocket(conn), .events = events };
        int n;

        if (left <= 0) {
            return false;
        }
        n = poll(&pfd, 1, (int)((left + 999) / 1000));
        if (n > 0) {
            return true;
        }
        if (n < 0 && errno != EINTR) {
            return false;
        }
    }
}

static void say_nothing(void *context, const char *message)
{
    (void)context;
    (void)message;
}

PGconn *cctv_query_start(const char *params)
{
    PGconn *conn = PQconnectStart(params);

    /* mod_dbd does the same with its own connections. */
    PQsetNoticeProcessor(conn, say_nothing, NULL);
    return conn;
}

cctv_query_status_t cctv_query_connect(PGconn *conn, cctv_time_t deadline)
{
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;

    if (PQstatus(conn) == CONNECTION_BAD) {
        return CCTV_QUERY_LOST;
    }
    while (state != PGRES_POLLING_OK) {
        if (state == PGRES_POLLING_FAILED) {
            return CCTV_QUERY_LOST;
        }
        if (!wait_for(conn, state == PGRES_POLLING_READING ? POLLIN : POLLOUT,
                      deadline)) {
            return CCTV_QUERY_LATE;
        }
        state = PQconnectPoll(conn);
    }
    return CCTV_QUERY_OK;
}

/* Wait until there is something to read. Starts to cancel the query when its
 * time for that has come. */
static bool wait_for_answer(PGconn *conn, const cctv_limits_t *limits,
                            cctv_cancel_t **cancel)
{
    if (*cancel == NULL && limits->canceller != NULL) {
        if (wait_for(conn, POLLIN, limits->cancel_at)) {
            return true;
        }
        *cancel = cctv_cancel_start(limits->canceller, conn);
    }
    return wait_for(conn, POLLIN, limits->deadline);
}

/* Read the first result and drop the others, so that the connection is idle
 * afterwards. */
static cctv_query_status_t read_results(PGconn *conn,
                                        const cctv_limits_t *limits,
                                        cctv_cancel_t **cancel,
                                        PGresult **first)
{
    PGresult *next;

    for (;;) {
        while (PQisBusy(conn)) {
            if (!wait_for_answer(conn, limits, cancel)) {
                return CCTV_QUERY_LATE;
            }
            if (!PQconsumeInput(conn)) {
                return CCTV_QUERY_LOST;
            }
        }
        next = PQgetResult(conn);
        if (next == NULL) {
            break;
        }
        if (*first == NULL) {
            *first = next;
        }
        else {
            PQclear(next);
        }
    }
    return *first == NULL || PQstatus(conn) != CONNECTION_OK ? CCTV_QUERY_LOST
                                                             : CCTV_QUERY_OK;
}

static cctv_query_status_t receive(PGconn *conn, const cctv_limits_t *limits,
                                   PGresult **result)
{
    PGresult *first = NULL;
    cctv_cancel_t *cancel = NULL;
    cctv_query_status_t status = read_results(conn, limits, &cancel, &first);

    /* A cancel that has not arrived yet would hit the next query of this
     * connection. */
    if (cancel != NULL
        && !cctv_cancel_wait(cancel, status == CCTV_QUERY_OK ? limits->deadline
                                                             : cctv_now())
        && status == CCTV_QUERY_OK) {
        status = CCTV_QUERY_LATE;
    }
    if (status != CCTV_QUERY_OK) {
        PQclear(first);
        return status;
    }
    *result = first;
    return CCTV_QUERY_OK;
}

/* Check a result. If it is an error, describe it in *error and clear it. */
static cctv_query_status_t check(PGresult **result, cctv_query_error_t *error)
{
    ExecStatusType status = PQresultStatus(*result);
    const char *state;
    const char *message;

    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
        return CCTV_QUERY_OK;
    }
    state = PQresultErrorField(*result, PG_DIAG_SQLSTATE);
    message = PQresultErrorField(*result, PG_DIAG_MESSAGE_PRIMARY);
    snprintf(error->sqlstate, sizeof error->sqlstate, "%s",
             state == NULL ? "?????" : state);
    snprintf(error->message, sizeof error->message, "%s",
             message == NULL ? "no message" : message);
    PQclear(*result);
    *result = NULL;
    /* 57P01 to 57P03: the server or this backend is shutting down or
     * starting. */
    return strncmp(error->sqlstate, "57P0", 4) == 0 ? CCTV_QUERY_LOST
                                                    : CCTV_QUERY_REFUSED;
}

/* Read the answer to what was sent.
 * @param result  written on success; NULL if there was none */
static cctv_query_status_t answer(PGconn *conn, const cctv_limits_t *limits,
                                  PGresult **result, cctv_query_error_t *error)
{
    cctv_query_status_t status = receive(conn, limits, result);

    return status == CCTV_QUERY_OK ? check(result, error) : status;
}

cctv_query_status_t cctv_query_text(PGconn *conn, const char *name,
                                    const char *sql,
                                    const cctv_limits_t *limits,
                                    PGresult **result,
                                    cctv_query_error_t *error)
{
    int sent = name == NULL ? PQsendQuery(conn, sql)
                            : PQsendPrepare(conn, name, sql, 0, NULL);

    return sent ? answer(conn, limits, result, error) : CCTV_QUERY_LOST;
}

static cctv_query_status_t prepare(PGconn *conn, cctv_prepared_t *prepared,
                                   const cctv_statement_t *statement,
                                   const char *name,
                                   const cctv_limits_t *limits,
                                   cctv_query_error_t *error)
{
    PGresult *result = NULL;
    cctv_query_status_t status = cctv_query_text(conn, name, statement->sql,
                                                 limits, &result, error);

    PQclear(result);
    if (status == CCTV_QUERY_OK) {
        prepared->prepared |= UINT64_C(1) << statement->number;
    }
    return status;
}

/* Our statements are not prepared on a new backend. */
static void notice_backend(PGconn *conn, cctv_prepared_t *prepared)
{
    if (PQbackendPID(conn) != prepared->backend_pid) {
        prepared->backend_pid = PQbackendPID(conn);
        prepared->prepared = 0;
    }
}

static cctv_query_status_t execute(PGconn *conn, cctv_prepared_t *prepared,
                                   const cctv_statement_t *statement,
                                   const cctv_params_t *params,
                                   const cctv_limits_t *limits,
                                   PGresult **result,
                                   cctv_query_error_t *error)
{
    cctv_query_status_t status = CCTV_QUERY_OK;
    char name[NAME_SIZE];
    int sent;

    if (statement->number < 0 || prepared->is_off) {
        sent = PQsendQueryParams(conn, statement->sql, params->count, NULL,
                                 params->value, params->length, params->format,
                                 FORMAT_TEXT);
    }
    else {
        notice_backend(conn, prepared);
        snprintf(name, sizeof name, "cctv_%d_%u", statement->number,
                 prepared->round);
        if (!(prepared->prepared & (UINT64_C(1) << statement->number))) {
            status = prepare(conn, prepared, statement, name, limits, error);
        }
        if (status != CCTV_QUERY_OK) {
            return status;
        }
        sent = PQsendQueryPrepared(conn, name, params->count, params->value,
                                   params->length, params->format,
                                   FORMAT_TEXT);
    }
    if (!sent) {
        return CCTV_QUERY_LOST;
    }
    return answer(conn, limits, result, error);
}

/* Whether a prepared statement is not what it was. invalid_sql_statement_name:
 * the backend changed, or another module ran DEALLOCATE ALL.
 * duplicate_prepared_statement: the backend has a statement that we do not
 * know of. feature_not_supported: the table was altered ("cached plan must not
 * change result type"). */
static bool is_stale_statement(const cctv_query_error_t *error)
{
    return strcmp(error->sqlstate, "26000") == 0
           || strcmp(error->sqlstate, "42P05") == 0
           || strcmp(error->sqlstate, "0A000") == 0;
}

/* Whether the statement was ended because of another transaction:
 * serialization_failure, which is also what a standby reports when a change from
 * the primary needs what a query reads; deadlock_detected. */
static bool is_conflict(const cctv_query_error_t *error)
{
    return strcmp(error->sqlstate, "40001") == 0
           || strcmp(error->sqlstate, "40P01") == 0;
}

cctv_query_status_t cctv_query_run(PGconn *conn, cctv_prepared_t *prepared,
                                   const cctv_statement_t *statement,
                                   const cctv_params_t *params,
                                   const cctv_limits_t *limits,
                                   PGresult **result,
                                   cctv_query_error_t *error)
{
    cctv_query_status_t status;

    if (PQstatus(conn) != CONNECTION_OK) {
        return CCTV_QUERY_LOST;
    }
    status = execute(conn, prepared, statement, params, limits, result, error);
    if (status == CCTV_QUERY_REFUSED && is_conflict(error)) {
        return execute(conn, prepared, statement, params, limits, result,
                       error);
    }
    if (status == CCTV_QUERY_REFUSED && is_stale_statement(error)) {
        prepared->prepared = 0;
        prepared->round++;
        status = execute(conn, prepared, statement, params, limits, result,
                         error);
    }
    if (status == CCTV_QUERY_REFUSED && is_stale_statement(error)) {
        prepared->is_off = true;
        status = execute(conn, prepared, statement, params, limits, result,
                         error);
    }
    return status;
}

void cctv_query_abandon(PGconn *conn)
{
    int fd = PQsocket(conn);

    if (fd < 0 || PQstatus(conn) == CONNECTION_BAD) {
        return;
    }
    shutdown(fd, SHUT_RDWR);
    /* Pending input is read first. Then the end of the stream sets the status
     * to bad. */
    while (PQstatus(conn) == CONNECTION_OK && PQconsumeInput(conn)) {
    }
    /* Over TLS a failed read may leave the status unchanged. */
    if (PQstatus(conn) == CONNECTION_OK) {
        PQresetStart(conn);
    }
}

void cctv_query_hang_up(PGconn *conn, cctv_time_t deadline)
{
    int fd = PQsocket(conn);
    char discarded[256];

    if (fd < 0 || PQstatus(conn) == CONNECTION_BAD) {
        return;
    }
    /* The backend reads the end of the stream and ends. Its side of the socket
     * closes after it has given back its place. */
    shutdown(fd, SHUT_WR);
    while (wait_for(conn, POLLIN, deadline)
           && recv(fd, discarded, sizeof discarded, MSG_DONTWAIT) > 0) {
    }
    cctv_query_abandon(conn);
}
