/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file requests.h
 * @brief Measures how long answers took, by handler and class of status.
 * Layer: pure.
 */
#ifndef CCTV_METRICS_REQUESTS_H
#define CCTV_METRICS_REQUESTS_H

#include "memory/segment.h"
#include "metrics/counters.h"
#include "metrics/family.h"

/** The classes of HTTP status codes. */
#define CCTV_CODE_LIST(X)                                                     \
    X(1XX, "1xx") X(2XX, "2xx") X(3XX, "3xx") X(4XX, "4xx") X(5XX, "5xx")

#define CCTV_ENUM_CODE(name, label) CCTV_CODE_##name,

typedef enum {
    CCTV_CODE_LIST(CCTV_ENUM_CODE) CCTV_CODE_COUNT
} cctv_code_t;

extern const char *const cctv_code_labels[];

/** The most routes of all parts together. */
#define CCTV_ROUTES_MAX 32

typedef struct {
    cctv_histogram_t codes[CCTV_ROUTES_MAX][CCTV_CODE_COUNT];
    /** When Apache was started: µs since 1970. A reload does not change it. */
    _Atomic uint64_t server_started;
} cctv_requests_t;

extern const cctv_region_t cctv_requests_region;

/**
 * Add a route. Call it in the same order in each process, before there are
 * threads, and at most CCTV_ROUTES_MAX times. @return the number of the route
 *
 * @param name  kept
 */
int cctv_requests_add_route(const char *name);

/** Remove all routes. */
void cctv_requests_clear(void);

/** The class of an HTTP status. */
cctv_code_t cctv_code_class(int status);

/** Count an answer. @param duration  µs */
void cctv_requests_observe(cctv_requests_t *requests, int route, int status,
                           int64_t duration);

/** Write the samples of all routes that have answers. */
void cctv_requests_write(cctv_scrape_t *scrape,
                         const cctv_requests_t *requests);

#endif
