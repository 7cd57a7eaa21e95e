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
#include "database/mod_pool.h"
#include "database/mod_runtime.h"
#include "guard/breaker.h"

#include <string.h>

/* The faults that end when the database answers. */
#define NO_CONNECTION "no connection"
#define LOST          "lost"
#define LATE          "late"

/* SQLSTATE read_only_sql_transaction. */
#define READ_ONLY "25006"

/* The macros of httpd evaluate the level several times. */
#define LOG_AT(level_, ...)                                                   \
    do {                                                                      \
        int at = (level_);                                                    \
                                                                              \
        CCTV_LOG_VISIT(at, __VA_ARGS__);                                      \
    } while (0)

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

/* @return `first` if the log does not have the fault yet */
static int level(const cctv_visit_t *visit, int first, const char *fault,
                 int64_t again)
{
    return cctv_told_ask(&cctv_pool_shared(visit->server)->told,
                         cctv_told_number(fault), again, cctv_now())
               ? first
               : APLOG_DEBUG;
}

static void forget(const cctv_visit_t *visit, const char *fault)
{
    cctv_told_forget(&cctv_pool_shared(visit->server)->told,
                     cctv_told_number(fault));
}

void cctv_outcome_answered(const cctv_visit_t *visit)
{
    if (cctv_breaker_answered(cctv_database_breaker(visit->server),
                              cctv_now())) {
        CCTV_LOG_VISIT(APLOG_NOTICE, 0, visit, "CCTV0011",
                       "the database answers again");
        forget(visit, NO_CONNECTION);
        forget(visit, LOST);
        forget(visit, LATE);
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
    LOG_AT(level(visit, APLOG_INFO, NO_CONNECTION, CCTV_TOLD_ONCE), 0, visit,
           "CCTV0007", "mod_dbd gives no connection");
    return HTTP_SERVICE_UNAVAILABLE;
}

int cctv_outcome_lost(const cctv_visit_t *visit)
{
    failed(visit);
    cctv_outcome_count(CCTV_DB_ERROR_LOST);
    LOG_AT(level(visit, APLOG_ERR, LOST, CCTV_TOLD_ONCE), APR_ECONNRESET,
           visit, "CCTV0008",
           "the connection to the database is lost and does not "
           "come back");
    return HTTP_SERVICE_UNAVAILABLE;
}

static int log_late(const cctv_visit_t *visit, const char *fault,
                    int64_t again)
{
    cctv_outcome_count(CCTV_DB_ERROR_TIMEOUT);
    LOG_AT(level(visit, APLOG_ERR, fault, again), APR_TIMEUP, visit,
           "CCTV0009", "no answer from the database within CCTVQueryTimeout");
    return HTTP_SERVICE_UNAVAILABLE;
}

int cctv_outcome_late(const cctv_visit_t *visit)
{
    timed_out(visit);
    return log_late(visit, LATE, CCTV_TOLD_ONCE);
}

int cctv_outcome_garbled(const cctv_visit_t *visit, const char *fault)
{
    failed(visit);
    cctv_outcome_count(CCTV_DB_ERROR_REFUSED);
    cctv_pool_tell_fault(visit->dbd_pool, fault);
    return HTTP_SERVICE_UNAVAILABLE;
}

int cctv_outcome_paused(const cctv_visit_t *visit)
{
    CCTV_LOG_VISIT(APLOG_DEBUG, 0, visit, "CCTV0174",
                   "not written: the database is read-only");
    return HTTP_SERVICE_UNAVAILABLE;
}

void cctv_outcome_written(const cctv_visit_t *visit)
{
    if (cctv_writing_done(&cctv_pool_shared(visit->server)->writing,
                          visit->connection->since)) {
        CCTV_LOG_VISIT(APLOG_NOTICE, 0, visit, "CCTV0171",
                       "the database can be written to again");
    }
}

static int read_only(const cctv_visit_t *visit)
{
    cctv_writing_t *writing = &cctv_pool_shared(visit->server)->writing;

    cctv_outcome_count(CCTV_DB_ERROR_REFUSED);
    if (cctv_writing_refused(writing, cctv_now())) {
        CCTV_LOG_VISIT(APLOG_WARNING, 0, visit, "CCTV0170",
                       "the database is read-only: it is a standby, or "
                       "default_transaction_read_only is on. Cameras are "
                       "served as before, and no status is written until "
                       "it can be written to. With several hosts in "
                       "DBDParams, target_session_attrs=primary finds "
                       "the one that can");
        return HTTP_SERVICE_UNAVAILABLE;
    }
    return cctv_outcome_paused(visit);
}

/* What to do about a refusal that comes from how the database is set up. */
static const char *advice(const cctv_query_error_t *error)
{
    if (strncmp(error->sqlstate, "42", 2) == 0) {
        return "; are sql/10-schema.sql and sql/20-roles.sql loaded, "
               "and is DBDParams' user cctv_reader, or with "
               "CCTVJanusURL cctv_video?";
    }
    return "";
}

/* PostgreSQL refuses a statement if something is not set up (the table, the
 * rights: class 42), if it lacks resources (53, 57), or because of a mistake
 * in this module. */
int cctv_outcome_refused(const cctv_visit_t *visit,
                         const cctv_query_error_t *error)
{
    if (strcmp(error->sqlstate, "57014") == 0) {
        return log_late(visit, error->sqlstate, CCTV_TOLD_AGAIN);
    }
    if (strcmp(error->sqlstate, READ_ONLY) == 0) {
        return read_only(visit);
    }
    cctv_outcome_count(CCTV_DB_ERROR_REFUSED);
    LOG_AT(level(visit, APLOG_ERR, error->sqlstate, CCTV_TOLD_AGAIN), 0, visit,
           "CCTV0010", "the database refuses the query: %s (SQLSTATE %s)%s",
           error->message, error->sqlstate, advice(error));
    return strncmp(error->sqlstate, "22", 2) == 0 ? HTTP_INTERNAL_SERVER_ERROR
                                                  : HTTP_SERVICE_UNAVAILABLE;
}
