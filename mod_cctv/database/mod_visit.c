/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_visit.c
 * @brief The use of the database by one thread, from taking a connection to giving it
 *        back.
 * Layer: httpd.
 */
#include "database/mod_visit.h"

#include "core/mod_log.h"
#include "database/mod_outcome.h"
#include "database/mod_part.h"
#include "database/mod_pool.h"
#include "database/mod_runtime.h"
#include "database/mod_settings.h"
#include "database/mod_visit_connection.h"
#include "guard/breaker.h"
#include "guard/gate.h"

#include <string.h>

/* A probe that takes longer than CCTVQueryTimeout and this time counts as
 * dead: µs. */
#define PROBE_SLACK 1000000

/* How long a request waits before it checks again whether another request's
 * probe has been answered: µs. */
#define PROBE_PAUSE 5000

static int64_t lease(const server_rec *s)
{
    return cctv_database_settings(s)->query_timeout + PROBE_SLACK;
}

/* A request that already has a connection needs no place. There are as many
 * places as connections, and the threads inside may be waiting for this
 * connection. */
static bool visit_enter_gate(cctv_visit_t *visit)
{
    bool is_inside = visit->is_of_request
                     || cctv_gate_enter(&visit->dbd_pool->gate,
                                        visit->deadline);

    visit->entered = cctv_now();
    return is_inside;
}

static void visit_leave_gate(const cctv_visit_t *visit)
{
    if (!visit->is_of_request) {
        cctv_gate_leave(&visit->dbd_pool->gate, visit->entered);
    }
}

/* Pass the gate and the breaker. @return OK or an HTTP status */
static int visit_enter(cctv_visit_t *visit)
{
    cctv_breaker_t *breaker = cctv_database_breaker(visit->server);
    cctv_gate_t *gate = &visit->dbd_pool->gate;
    cctv_time_t since = 0;
    cctv_time_t now;

    for (;;) {
        if (!visit_enter_gate(visit)) {
            return cctv_outcome_refuse(visit, CCTV_DB_ERROR_BUSY,
                                       "no place in the database");
        }
        now = visit->entered;
        switch (cctv_breaker_ask(breaker, now, lease(visit->server), &since)) {
        case CCTV_BREAKER_CLOSED:
            return OK;
        case CCTV_BREAKER_PROBE:
            visit->is_probe = true;
            return OK;
        case CCTV_BREAKER_DOWN:
            visit_leave_gate(visit);
            return cctv_outcome_refuse(visit, CCTV_DB_ERROR_DOWN,
                                       "the database is down");
        case CCTV_BREAKER_PROBED:
            visit_leave_gate(visit);
            if (now > visit->deadline
                || !cctv_gate_pause(gate, PROBE_PAUSE,
                                    now - since > CCTV_POOL_SLOW)) {
                return cctv_outcome_refuse(
                    visit, CCTV_DB_ERROR_DOWN,
                    "the database is down, and others wait for it");
            }
        }
    }
}

static int visit_begin(cctv_visit_t *visit)
{
    cctv_take_t taken;
    const char *fault;
    int status;

    if (!cctv_pool_has_dbd()) {
        /* configtest cannot see a handler that .htaccess or mod_rewrite
         * sets. */
        CCTV_LOG_VISIT(APLOG_ERR, 0, visit, "CCTV0016",
                       "there is no mod_dbd: load it (a2enmod dbd)");
        return HTTP_SERVICE_UNAVAILABLE;
    }
    visit->dbd_pool = cctv_database_pool(visit->server);
    visit->deadline = cctv_now()
                      + cctv_database_settings(visit->server)->query_timeout;
    visit->is_of_request = visit->r != NULL
                           && cctv_visit_has_connection(visit->r);
    cctv_pool_grow(visit->dbd_pool);
    status = visit_enter(visit);
    if (status != OK) {
        return status;
    }
    taken = cctv_visit_take(visit);
    if (taken != CCTV_TAKE_OK) {
        visit_leave_gate(visit);
        return cctv_outcome_no_connection(visit, taken);
    }
    fault = cctv_connection_fault(visit->connection->conn);
    if (fault != NULL) {
        /* The next connection may be to a database that was made anew. */
        cctv_visit_renew(visit);
        cctv_database_end(visit);
        return cctv_outcome_garbled(visit, fault);
    }
    return OK;
}

int cctv_database_begin(request_rec *r, cctv_visit_t *visit)
{
    *visit = (cctv_visit_t){ .r = r, .server = r->server, .pool = r->pool };
    return visit_begin(visit);
}

int cctv_database_begin_background(server_rec *s, apr_pool_t *pool,
                                   cctv_visit_t *visit)
{
    /* Until mod_dbd has made its pools, it gives no connection. Without this
     * check the breaker would take the database for down, in all processes. */
    if (!cctv_pool_is_ready()) {
        return HTTP_SERVICE_UNAVAILABLE;
    }
    *visit = (cctv_visit_t){ .server = s, .pool = pool };
    return visit_begin(visit);
}

bool cctv_database_is_pooled(const cctv_visit_t *visit)
{
    return visit->connection != NULL && visit->connection->is_pooled;
}

static cctv_query_status_t visit_run(cctv_visit_t *visit,
                                     const cctv_statement_t *statement,
                                     const cctv_params_t *params,
                                     PGresult **result,
                                     cctv_query_error_t *error)
{
    /* A statement is cancelled after three quarters of the remaining time. */
    cctv_time_t now = cctv_now();
    const cctv_limits_t limits = {
        .deadline = visit->deadline,
        .cancel_at = now + (visit->deadline - now) / 4 * 3,
        .canceller = &visit->dbd_pool->canceller
    };

    return cctv_query_run(visit->connection->conn,
                          &visit->connection->prepared, statement, params,
                          &limits, result, error);
}

/* Whether another session may not be refused: it may lead to another server
 * (read_only_sql_transaction), or have another search_path, after
 * sql/20-roles.sql was loaded (undefined_table, undefined_function,
 * undefined_object). */
static bool is_of_session(const cctv_query_error_t *error)
{
    static const char *const states[] = { "25006", "42P01", "42883", "42704" };
    size_t i;

    for (i = 0; i < sizeof states / sizeof states[0]; i++) {
        if (strcmp(error->sqlstate, states[i]) == 0) {
            return true;
        }
    }
    return false;
}

int cctv_database_query(cctv_visit_t *visit, const cctv_statement_t *statement,
                        const cctv_params_t *params, PGresult **result)
{
    cctv_time_t started = cctv_now();
    cctv_take_t taken = CCTV_TAKE_OK;
    cctv_query_error_t error;
    cctv_query_status_t status;
    int tries = 0;

    if (visit->connection == NULL) {
        return HTTP_SERVICE_UNAVAILABLE;
    }
    if (statement->writes) {
        if (!cctv_writing_ask(&visit->dbd_pool->shared->writing, started)) {
            return cctv_outcome_paused(visit);
        }
        if (cctv_visit_is_stale(visit)) {
            cctv_visit_drop(visit);
        }
    }
    do {
        status = visit_run(visit, statement, params, result, &error);
    } while (status == CCTV_QUERY_LOST
             && cctv_visit_replace(visit, started, &tries, &taken));
    cctv_histogram_observe(&cctv_database_counters()->queries,
                           cctv_now() - started);
    switch (status) {
    case CCTV_QUERY_OK:
        cctv_outcome_answered(visit);
        if (statement->writes) {
            cctv_outcome_written(visit);
        }
        return OK;
    case CCTV_QUERY_REFUSED:
        cctv_outcome_answered(visit);
        if (is_of_session(&error)) {
            cctv_visit_renew(visit);
        }
        return cctv_outcome_refused(visit, &error);
    case CCTV_QUERY_LOST:
        if (taken == CCTV_TAKE_SHORT || taken == CCTV_TAKE_BUSY) {
            return cctv_outcome_no_connection(visit, taken);
        }
        return cctv_outcome_lost(visit);
    case CCTV_QUERY_LATE:
        cctv_query_abandon(visit->connection->conn);
        return cctv_outcome_late(visit);
    }
    return HTTP_SERVICE_UNAVAILABLE;
}

void cctv_database_end(cctv_visit_t *visit)
{
    cctv_visit_give(visit);
    visit_leave_gate(visit);
}
