/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_outcome.h
 * @brief What the outcome of a visit means for the breaker, the counters, the
 *        log and the client.
 * Layer: httpd.
 */
#ifndef CCTV_DATABASE_MOD_OUTCOME_H
#define CCTV_DATABASE_MOD_OUTCOME_H

#include "core/mod_log.h"
#include "database/counters.h"
#include "database/mod_visit.h"

/** Log a message for the request of a visit, or for the server if the visit
 * belongs to a background thread. */
#define CCTV_LOG_VISIT(level, rv, visit, id, ...)                             \
    do {                                                                      \
        if ((visit)->r != NULL) {                                             \
            CCTV_LOG_R(level, rv, (visit)->r, id, __VA_ARGS__);               \
        }                                                                     \
        else {                                                                \
            CCTV_LOG_S(level, rv, (visit)->server, id, __VA_ARGS__);          \
        }                                                                     \
    } while (0)

/** Count an error. */
void cctv_outcome_count(cctv_db_error_t reason);

/** Count and log that the database was not asked. @return an HTTP status */
int cctv_outcome_refuse(const cctv_visit_t *visit, cctv_db_error_t error,
                        const char *reason);

/**
 * The visit got no connection: tell the breaker and the log why.
 * @return an HTTP status
 */
int cctv_outcome_no_connection(const cctv_visit_t *visit, cctv_take_t taken);

/** The database has answered. */
void cctv_outcome_answered(const cctv_visit_t *visit);

/** The connection is lost and does not come back. @return an HTTP status */
int cctv_outcome_lost(const cctv_visit_t *visit);

/** No answer came before the deadline. @return an HTTP status */
int cctv_outcome_late(const cctv_visit_t *visit);

/** Names of cameras would be garbled. @return an HTTP status */
int cctv_outcome_garbled(const cctv_visit_t *visit, const char *fault);

/** The database is read-only, and a write is not sent. @return an HTTP status */
int cctv_outcome_paused(const cctv_visit_t *visit);

/** A statement that writes has succeeded. */
void cctv_outcome_written(const cctv_visit_t *visit);

/** PostgreSQL has answered with an error. @return an HTTP status */
int cctv_outcome_refused(const cctv_visit_t *visit,
                         const cctv_query_error_t *error);

#endif
