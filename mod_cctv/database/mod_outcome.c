/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_outcome.c
 * @brief What the outcome of a visit means for the breaker, the counters, the log
 *        and the client.
 * Layer: httpd.
 */
#include "database/mod_outcome.h"

#include "core/mod_log.h"
#include "database/mod_part.h"
#include "database/mod_runtime.h"
#include "guard/breaker.h"

#include <string.h>

void cctv_outcome_count(cctv_db_error_t reason)
{
    cctv_count(&cctv_database_counters()->errors[reason]);
}

int cctv_outcome_refuse(const cctv_visit_t *visit, cctv_db_error_t error,
                        const char *reason)
{
    cctv_outcome_count(error);
    CCTV_LOG_VISIT(APLOG_DEBUG, 0, visit, "CCTV0014", "refused: %s", reason);
    return HTTP_SERVICE_UNAVAILABLE;
}

void cctv_outcome_answered(const cctv_visit_t *visit)
{
    if (cctv_breaker_answered(cctv_database_breaker(visit->server),
                              cctv_now())) {
        CCTV_LOG_VISIT(APLOG_NOTICE, 0, visit, "CCTV0011",
                       "the database answers again");
    }
}

static void failed(const cctv_visit_t *visit)
{
    cctv_breaker_failed(cctv_database_breaker(visit->server), cctv_now(),
                        visit->entered, visit->is_probe);
}

static void timed_out(const cctv_visit_t *visit)
{
    cctv_breaker_timed_out(cctv_database_breaker(visit->server), cctv_now(),
                           visit->entered, visit->is_probe);
}

int cctv_outcome_no_connection(const cctv_visit_t *visit, cctv_take_t taken)
{
    if (taken == CCTV_TAKE_SHORT) {
        /* The refusal is an answer of PostgreSQL, so the probe has
         * succeeded. */
        if (visit->is_probe) {
            cctv_outcome_answered(visit);
        }
        return cctv_outcome_refuse(visit, CCTV_DB_ERROR_BUSY,
                                   "PostgreSQL has no connection left");
    }
    if (taken == CCTV_TAKE_BUSY && !visit->is_probe) {
        return cctv_outcome_refuse(visit, CCTV_DB_ERROR_BUSY,
                                   "all connections are in use");
    }
    if (taken == CCTV_TAKE_LATE) {
        timed_out(visit);
    }
    else {
        failed(visit);
    }
    cctv_outcome_count(CCTV_DB_ERROR_LOST);
    CCTV_LOG_VISIT(APLOG_INFO, 0, visit, "CCTV0007",
                   "mod_dbd gives no connection");
    return HTTP_SERVICE_UNAVAILABLE;
}

int cctv_outcome_lost(const cctv_visit_t *visit)
{
    failed(visit);
    cctv_outcome_count(CCTV_DB_ERROR_LOST);
    CCTV_LOG_VISIT(APLOG_ERR, APR_ECONNRESET, visit, "CCTV0008",
                   "the connection to the database is lost and does not "
                   "come back");
    return HTTP_SERVICE_UNAVAILABLE;
}

static int log_late(const cctv_visit_t *visit)
{
    cctv_outcome_count(CCTV_DB_ERROR_TIMEOUT);
    CCTV_LOG_VISIT(APLOG_ERR, APR_TIMEUP, visit, "CCTV0009",
                   "no answer from the database within CCTVQueryTimeout");
    return HTTP_SERVICE_UNAVAILABLE;
}

int cctv_outcome_late(const cctv_visit_t *visit)
{
    timed_out(visit);
    return log_late(visit);
}

/* PostgreSQL refuses a statement if something is not set up (the table, the
 * rights: class 42), if it lacks resources (53, 57), or because of a mistake
 * in this module. */
int cctv_outcome_refused(const cctv_visit_t *visit,
                         const cctv_query_error_t *error)
{
    if (strcmp(error->sqlstate, "57014") == 0) {
        return log_late(visit);
    }
    cctv_outcome_count(CCTV_DB_ERROR_REFUSED);
    CCTV_LOG_VISIT(
        APLOG_ERR, 0, visit, "CCTV0010",
        "the database refuses the query: %s (SQLSTATE %s)%s", error->message,
        error->sqlstate,
        strncmp(error->sqlstate, "42", 2) == 0
            ? "; are sql/10-schema.sql and sql/20-roles.sql loaded, "
              "and is DBDParams' user cctv_reader, or with "
              "CCTVJanusURL cctv_video?"
            : "");
    return strncmp(error->sqlstate, "22", 2) == 0 ? HTTP_INTERNAL_SERVER_ERROR
                                                  : HTTP_SERVICE_UNAVAILABLE;
}
