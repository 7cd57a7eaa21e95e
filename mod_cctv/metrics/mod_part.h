/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.h
 * @brief Metrics as parts of the module: the series of views; the requests and
 *        the scrape.
 * Layer: httpd.
 */
#ifndef CCTV_METRICS_MOD_PART_H
#define CCTV_METRICS_MOD_PART_H

#include "core/mod_part.h"

/**
 * The part with the series of views, the part with the times when they were
 * first counted, and the part with the requests and the scrape.
 */
extern const cctv_part_t cctv_series_part;
extern const cctv_part_t cctv_created_part;
extern const cctv_part_t cctv_metrics_part;

/**
 * Count the answer of a route. Thread-safe.
 *
 * @param number    the number of the route (cctv_requests_add_route())
 * @param duration  µs
 */
void cctv_metrics_observe(int number, int status, int64_t duration);

/** When counting started: µs since 1970. */
int64_t cctv_metrics_started(void);

#endif
