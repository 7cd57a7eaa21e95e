/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_room.c
 * @brief A background task that compares the pools of mod_dbd with what
 *        PostgreSQL allows.
 * Layer: httpd.
 */
#include "health/mod_room.h"

#include "core/mod_log.h"
#include "database/mod_runtime.h"
#include "database/mod_visit.h"

#include "ap_mpm.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* How many connections the role may have. NULLs, which stand for "no limit",
 * are ignored by least(). PostgreSQL 16 has reserved_connections. */
static const cctv_statement_t allowed = {
    .number = -1,
    .sql =
        "SELECT least("
        "current_setting('max_connections')::int"
        " - current_setting('superuser_reserved_connections')::int"
        " - coalesce(current_setting('reserved_connections', true), '0')::int,"
        " (SELECT nullif(rolconnlimit, -1) FROM pg_catalog.pg_roles"
        " WHERE rolname = current_user),"
        " (SELECT nullif(datconnlimit, -1) FROM pg_catalog.pg_database"
        " WHERE datname = current_database()))"
};

static server_rec *next; /* the server to look at; NULL: all are done */
static server_rec *first;
static cctv_time_t started;

void cctv_room_configure(server_rec *s)
{
    first = next = s;
    started = cctv_now();
}

/* Whether an earlier server has the same pool. */
static bool is_known(const server_rec *server)
{
    const cctv_dbd_t *dbd = cctv_database_dbd(server);
    const server_rec *s;

    for (s = first; s != server; s = s->next) {
        if (cctv_database_is_configured(s)
            && strcmp(cctv_database_dbd(s)->key, dbd->key) == 0) {
            return true;
        }
    }
    return false;
}

/* @param connections  written: those that PostgreSQL allows. A pooler has
 *                     limits of its own, which it does not tell. */
static bool ask(server_rec *s, apr_pool_t *pool, int *connections)
{
    const cctv_params_t none = { .count = 0 };
    cctv_visit_t visit;
    PGresult *rows;
    bool is_pooled;
    int status = cctv_database_begin_background(s, pool, &visit);

    if (status != OK) {
        return false;
    }
    status = cctv_database_query(&visit, &allowed, &none, &rows);
    is_pooled = cctv_database_is_pooled(&visit);
    cctv_database_end(&visit);
    if (status != OK) {
        return false;
    }
    *connections = is_pooled ? INT_MAX : atoi(PQgetvalue(rows, 0, 0));
    PQclear(rows);
    return true;
}

/* The most connections of a child: no thread has more than one. */
static int connections_of_child(const server_rec *s)
{
    int max = cctv_database_dbd(s)->max;
    int threads = max;

    ap_mpm_query(AP_MPMQ_MAX_THREADS, &threads);
    return threads > 0 && threads < max ? threads : max;
}

static void tell(server_rec *s, int connections)
{
    int each = connections_of_child(s);
    int children = 1;

    ap_mpm_query(AP_MPMQ_MAX_DAEMONS, &children);
    if (children < 1 || (int64_t)each * children <= connections) {
        return;
    }
    /* A notice, which the default LogLevel shows: the server works until it
     * is busy. */
    CCTV_LOG_S(APLOG_NOTICE, 0, s, "CCTV0190",
               "%d child processes with up to %d connections each (DBDMax) "
               "need %d, but PostgreSQL allows %d: when the server is busy, "
               "some requests wait for a connection or get 503; write DBDKeep "
               "%d and DBDMax %d, or raise max_connections (postgresql.conf) "
               "by %d",
               children, each, each * children, connections,
               connections < children ? 1 : connections / children,
               connections < children ? 1 : connections / children,
               each * children - connections);
}

void cctv_room_check(cctv_time_t now, apr_pool_t *pool)
{
    int connections;

    (void)now;
    while (next != NULL
           && (!cctv_database_is_configured(next) || is_known(next))) {
        next = next->next;
    }
    if (next != NULL
        && cctv_breaker_answered_since(cctv_database_breaker(next), started)
        && ask(next, pool, &connections)) {
        tell(next, connections);
        next = next->next;
    }
}
