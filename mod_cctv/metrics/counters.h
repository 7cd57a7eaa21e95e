/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file counters.h
 * @brief The counters whose label sets are known beforehand, in memory that
 *        processes share.
 * Layer: pure.
 *
 * Each list is declared once, here, as its numbers and its label values. The
 * numbers are in state files: append to a list and raise CCTV_STATE_VERSION.
 */
#ifndef CCTV_METRICS_COUNTERS_H
#define CCTV_METRICS_COUNTERS_H

#include <stdatomic.h>
#include <stdint.h>

/** Why a session ended. */
#define CCTV_ENDED_LIST(X)                                                    \
    X(ENDED, "ended")     /* its viewer said so */                            \
    X(EXPIRED, "expired") /* no heartbeat for its timeout */                  \
    X(DENIED, "denied")   /* its viewer may not see the camera any more */    \
    X(GONE, "media_gone") /* its video has ended */                           \
    X(UNANSWERED, "answer_refused") /* Janus takes no such answer */

/** Why a session did not start. */
#define CCTV_REFUSED_LIST(X)                                                  \
    X(FULL, "full")                     /* CCTVMaxSessions */                 \
    X(CLIENT_FULL, "client")            /* CCTVMaxSessionsPerClient */        \
    X(VIEWERS, "viewers")               /* CCTVMaxViewers */                  \
    X(CAMERA_VIEWERS, "camera_viewers") /* CCTVMaxViewersPerCamera */         \
    X(COLD, "cold")                     /* too many wait for cameras */       \
    X(OFFLINE, "offline")               /* the camera does not answer */      \
    X(VIDEO_DOWN, "video_down")         /* Janus does not answer */

/** Why a query has no answer. */
#define CCTV_DB_ERROR_LIST(X)                                                 \
    X(TIMEOUT, "timeout") /* not within CCTVQueryTimeout */                   \
    X(LOST, "connection") /* no connection, and none to be had */             \
    X(REFUSED, "refused") /* PostgreSQL answered with an error */             \
    X(DOWN, "down")       /* not asked: it is known not to answer */          \
    X(BUSY, "busy")       /* not asked: no place in the pool in time */

/** Why a call of Janus has no answer that is of use. */
#define CCTV_JANUS_ERROR_LIST(X)                                              \
    X(TIMEOUT, "timeout") /* not in time */                                   \
    X(LOST, "connection") /* no connection, or it broke */                    \
    X(REFUSED, "refused") /* Janus answered with an error */                  \
    X(WRONG, "wrong")     /* it answered something else */                    \
    X(DOWN, "down")       /* not asked: it is known not to answer */          \
    X(BUSY, "busy")       /* not asked: too many ask already */

/** The handlers, as SetHandler names them behind "cctv-". */
#define CCTV_HANDLER_LIST(X)                                                  \
    X(CAMERAS, "cameras")                                                     \
    X(VIEW_START, "view-start")                                               \
    X(HEARTBEAT, "heartbeat")                                                 \
    X(VIEW_END, "view-end")                                                   \
    X(HEALTH, "health")                                                       \
    X(METRICS, "metrics")                                                     \
    X(VIEW_ANSWER, "view-answer")                                             \
    X(WHEP, "whep")                                                           \
    X(JANUS_EVENTS, "janus-events")

/** Classes of HTTP status codes. */
#define CCTV_CODE_LIST(X)                                                     \
    X(1XX, "1xx") X(2XX, "2xx") X(3XX, "3xx") X(4XX, "4xx") X(5XX, "5xx")

/** Of a camera, as in the database. */
#define CCTV_CAMERA_STATUS_LIST(X)                                            \
    X(ONLINE, "online") X(OFFLINE, "offline") X(UNKNOWN, "unknown")

#define CCTV_ENUM_ENDED(name, label)         CCTV_ENDED_##name,
#define CCTV_ENUM_REFUSED(name, label)       CCTV_REFUSED_##name,
#define CCTV_ENUM_DB_ERROR(name, label)      CCTV_DB_ERROR_##name,
#define CCTV_ENUM_JANUS_ERROR(name, label)   CCTV_JANUS_ERROR_##name,
#define CCTV_ENUM_HANDLER(name, label)       CCTV_HANDLER_##name,
#define CCTV_ENUM_CODE(name, label)          CCTV_CODE_##name,
#define CCTV_ENUM_CAMERA_STATUS(name, label) CCTV_CAMERA_##name,

typedef enum {
    CCTV_ENDED_LIST(CCTV_ENUM_ENDED) CCTV_ENDED_COUNT
} cctv_ended_t;
typedef enum {
    CCTV_REFUSED_LIST(CCTV_ENUM_REFUSED) CCTV_REFUSED_COUNT
} cctv_refused_t;
typedef enum {
    CCTV_DB_ERROR_LIST(CCTV_ENUM_DB_ERROR) CCTV_DB_ERROR_COUNT
} cctv_db_error_t;
typedef enum {
    CCTV_JANUS_ERROR_LIST(CCTV_ENUM_JANUS_ERROR) CCTV_JANUS_ERROR_COUNT
} cctv_janus_error_t;
typedef enum {
    CCTV_HANDLER_LIST(CCTV_ENUM_HANDLER) CCTV_HANDLER_COUNT
} cctv_handler_number_t;
typedef enum {
    CCTV_CODE_LIST(CCTV_ENUM_CODE) CCTV_CODE_COUNT
} cctv_code_t;
typedef enum {
    CCTV_CAMERA_STATUS_LIST(CCTV_ENUM_CAMERA_STATUS) CCTV_CAMERA_STATUS_COUNT
} cctv_camera_status_t;

/** The label values, by number. */
extern const char *const cctv_ended_labels[];
extern const char *const cctv_refused_labels[];
extern const char *const cctv_db_error_labels[];
extern const char *const cctv_janus_error_labels[];
extern const char *const cctv_handler_labels[];
extern const char *const cctv_code_labels[];
extern const char *const cctv_camera_status_labels[];

/** Upper bounds of the buckets of a duration, inclusive: µs and the text of
 *  the `le` label in seconds. A last bucket has no bound. */
#define CCTV_BUCKET_LIST(X)                                                   \
    X(250, "0.00025")                                                         \
    X(500, "0.0005")                                                          \
    X(1000, "0.001")                                                          \
    X(2500, "0.0025")                                                         \
    X(5000, "0.005")                                                          \
    X(10000, "0.01")                                                          \
    X(25000, "0.025")                                                         \
    X(50000, "0.05")                                                          \
    X(100000, "0.1")                                                          \
    X(250000, "0.25")                                                         \
    X(500000, "0.5")                                                          \
    X(1000000, "1.0")                                                         \
    X(2500000, "2.5")                                                         \
    X(5000000, "5.0")                                                         \
    X(10000000, "10.0")

#define CCTV_BUCKET_COUNT 16 /**< with the last, "+Inf" */

extern const char *const cctv_bucket_labels[];

/** Not cumulative; that is made of it when it is shown, so that _count is
 *  always the sum of the buckets. */
typedef struct {
    _Atomic uint64_t buckets[CCTV_BUCKET_COUNT];
    _Atomic uint64_t sum; /**< µs */
} cctv_histogram_t;

/** All that counts. Each number is right by itself: relaxed order. */
typedef struct {
    _Atomic uint64_t ended[CCTV_ENDED_COUNT];
    _Atomic uint64_t refused[CCTV_REFUSED_COUNT];
    _Atomic uint64_t db_errors[CCTV_DB_ERROR_COUNT];
    cctv_histogram_t db;
    cctv_histogram_t http[CCTV_HANDLER_COUNT][CCTV_CODE_COUNT];
    _Atomic uint64_t janus_errors[CCTV_JANUS_ERROR_COUNT];
    cctv_histogram_t janus;
    /** From the start of a view to its accepted answer. */
    cctv_histogram_t answers;
} cctv_counters_t;

_Static_assert(sizeof(cctv_counters_t) % sizeof(uint64_t) == 0,
               "counters are no row of 64-bit numbers");

/** Count one more. */
static inline void cctv_count(_Atomic uint64_t *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

static inline uint64_t cctv_counted(const _Atomic uint64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

/** Put a duration, in µs, into its bucket. */
void cctv_histogram_observe(cctv_histogram_t *histogram, int64_t duration);

/** The number of the handler that SetHandler names "cctv-…"; -1: none. */
int cctv_handler_number(const char *name);

/** The class of an HTTP status. */
cctv_code_t cctv_code_class(int status);

#endif
