/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file counters.h
 * @brief The counters of the database.
 * Layer: pure.
 */
#ifndef CCTV_DATABASE_COUNTERS_H
#define CCTV_DATABASE_COUNTERS_H

#include "memory/region.h"
#include "metrics/counters.h"

/** Why a query got no answer. */
#define CCTV_DB_ERROR_LIST(X)                                                 \
    X(TIMEOUT, "timeout") /* not within CCTVQueryTimeout */                   \
    X(LOST, "connection") /* no connection, and none to be had */             \
    X(REFUSED, "refused") /* PostgreSQL answered with an error */             \
    X(DOWN, "down")       /* not asked: it is known not to answer */          \
    X(BUSY, "busy")       /* not asked: no place in the pool in time */

#define CCTV_ENUM_DB_ERROR(name, label) CCTV_DB_ERROR_##name,

typedef enum {
    CCTV_DB_ERROR_LIST(CCTV_ENUM_DB_ERROR) CCTV_DB_ERROR_COUNT
} cctv_db_error_t;

extern const char *const cctv_db_error_labels[];

typedef struct {
    _Atomic uint64_t errors[CCTV_DB_ERROR_COUNT];
    cctv_histogram_t queries;
} cctv_database_counters_t;

extern const cctv_region_t cctv_database_region;

#endif
