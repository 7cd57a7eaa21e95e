/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file connection.c
 * @brief A connection of mod_dbd, and the statements that are prepared again
 *        after its reset.
 * Layer: pure.
 */
#include "database/connection.h"

#include "apr_strings.h"

#include <libpq-events.h>
#include <stdlib.h>
#include <string.h>

/* The most time to read the list of prepared statements or to prepare them
 * again: µs. */
#define TIME_LIMIT 2000000

/* A prepared statement of another module. */
typedef struct {
    /* NULL: the text is a whole PREPARE command, which contains the name. */
    const char *name;
    const char *text;
} saved_t;

static bool run_text(PGconn *conn, const char *name, const char *sql,
                     cctv_time_t deadline, PGresult **result)
{
    const cctv_limits_t limits = { .deadline = deadline };
    cctv_query_error_t error;
    cctv_query_status_t status = cctv_query_text(conn, name, sql, &limits,
                                                 result, &error);

    /* If PostgreSQL refuses the text, it would refuse it from mod_dbd, too. */
    return status == CCTV_QUERY_OK || status == CCTV_QUERY_REFUSED;
}

static bool restore_text(PGconn *conn, const char *name, const char *sql,
                         cctv_time_t deadline)
{
    PGresult *result = NULL;
    bool ok = run_text(conn, name, sql, deadline, &result);

    PQclear(result);
    return ok;
}

static bool restore(const cctv_connection_t *connection)
{
    cctv_time_t deadline = cctv_now() + TIME_LIMIT;
    bool ok = true;
    int i;

    for (i = 0; ok && connection->init != NULL && i < connection->init->nelts;
         i++) {
        ok = restore_text(connection->conn, NULL,
                          APR_ARRAY_IDX(connection->init, i, const char *),
                          deadline);
    }
    for (i = 0; ok && i < connection->statements->nelts; i++) {
        const saved_t *saved = &APR_ARRAY_IDX(connection->statements, i,
                                              saved_t);

        ok = restore_text(connection->conn, saved->name, saved->text,
                          deadline);
    }
    return ok;
}

/* The callback for events of libpq. The results of queries inherit it from the
 * connection. */
static int on_event(PGEventId id, void *info, void *connection_)
{
    cctv_connection_t *connection = connection_;

    (void)info;
    if (id == PGEVT_CONNRESET) {
        connection->since = cctv_now();
        if (!restore(connection)) {
            /* The caller of PQreset() then sees that the reset has failed. */
            cctv_query_abandon(connection->conn);
        }
    }
    if (id == PGEVT_CONNDESTROY && connection->closed != NULL) {
        connection->closed(connection->context);
    }
    return 1;
}

cctv_connection_t *cctv_connection_of(PGconn *conn)
{
    return PQinstanceData(conn, on_event);
}

static void save(cctv_connection_t *connection, apr_pool_t *pool)
{
    static const char sql[] =
        "SELECT name, statement, from_sql, pg_catalog.pg_backend_pid() "
        "FROM (SELECT 1) AS one LEFT JOIN pg_catalog.pg_prepared_statements "
        "ON name NOT LIKE 'cctv\\_%' ORDER BY prepare_time, name";
    PGresult *rows = NULL;
    int i;

    if (!run_text(connection->conn, NULL, sql, cctv_now() + TIME_LIMIT,
                  &rows)) {
        cctv_query_abandon(connection->conn);
    }
    /* A pooler makes up the number that it tells its clients. */
    connection->is_pooled = PQntuples(rows) > 0
                            && atoi(PQgetvalue(rows, 0, 3))
                                   != PQbackendPID(connection->conn);
    connection->prepared.is_off = connection->is_pooled;
    for (i = 0; i < PQntuples(rows) && !PQgetisnull(rows, i, 0); i++) {
        saved_t *saved = apr_array_push(connection->statements);

        saved->name = PQgetvalue(rows, i, 2)[0] == 't'
                          ? NULL
                          : apr_pstrdup(pool, PQgetvalue(rows, i, 0));
        saved->text = apr_pstrdup(pool, PQgetvalue(rows, i, 1));
    }
    PQclear(rows);
}

cctv_connection_t *cctv_connection_meet(PGconn *conn, apr_pool_t *pool,
                                        const apr_array_header_t *init,
                                        void (*closed)(void *context),
                                        void *context)
{
    cctv_connection_t *connection = apr_pcalloc(pool, sizeof *connection);

    connection->conn = conn;
    connection->since = cctv_now();
    connection->init = init;
    connection->statements = apr_array_make(pool, 4, sizeof(saved_t));
    if (!PQregisterEventProc(conn, on_event, "mod_cctv", connection)
        || !PQsetInstanceData(conn, on_event, connection)) {
        return NULL;
    }
    connection->closed = closed;
    connection->context = context;
    if (PQstatus(conn) == CONNECTION_OK) {
        save(connection, pool);
    }
    return connection;
}

static bool is_utf8(const PGconn *conn, const char *parameter)
{
    const char *value = PQparameterStatus(conn, parameter);

    return value == NULL || strcmp(value, "UTF8") == 0;
}

const char *cctv_connection_fault(const PGconn *conn)
{
    /* PostgreSQL could convert names for us. But it could not convert what
     * visitors search for, and names from other languages cannot be stored. */
    if (!is_utf8(conn, "server_encoding")) {
        return "the database is not in UTF-8, so it cannot hold the names of "
               "all cameras: make another one with createdb -E UTF8 -T "
               "template0, and load the files in sql/ and the cameras into it";
    }
    /* To set it here would also change it for the other modules that use this
     * connection. */
    if (!is_utf8(conn, "client_encoding")) {
        return "the names of cameras do not arrive in UTF-8: remove "
               "client_encoding from DBDParams, DBDInitSQL, the role and the "
               "database, or set it to UTF8";
    }
    return NULL;
}
