/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file counters.h
 * @brief The counters of calls of Janus.
 * Layer: pure.
 */
#ifndef CCTV_JANUS_COUNTERS_H
#define CCTV_JANUS_COUNTERS_H

#include "metrics/counters.h"

/** Why a call of Janus got no usable answer. */
#define CCTV_JANUS_ERROR_LIST(X)                                              \
    X(TIMEOUT, "timeout") /* not in time */                                   \
    X(LOST, "connection") /* no connection, or it broke */                    \
    X(REFUSED, "refused") /* Janus answered with an error */                  \
    X(WRONG, "wrong")     /* it answered something else */                    \
    X(DOWN, "down")       /* not asked: it is known not to answer */          \
    X(BUSY, "busy")       /* not asked: too many ask already */

#define CCTV_ENUM_JANUS_ERROR(name, label) CCTV_JANUS_ERROR_##name,

typedef enum {
    CCTV_JANUS_ERROR_LIST(CCTV_ENUM_JANUS_ERROR) CCTV_JANUS_ERROR_COUNT
} cctv_janus_error_t;

extern const char *const cctv_janus_error_labels[];

/** The calls of one server. */
typedef struct {
    _Atomic uint64_t calls;
    _Atomic uint64_t errors; /**< those without a usable answer */
} cctv_janus_tally_t;

typedef struct {
    _Atomic uint64_t errors[CCTV_JANUS_ERROR_COUNT];
    cctv_histogram_t calls;
} cctv_janus_counters_t;

#endif
