/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file exposition.h
 * @brief All metrics as text: Prometheus 0.0.4 or OpenMetrics 1.0.
 * Layer: pure.
 */
#ifndef CCTV_METRICS_EXPOSITION_H
#define CCTV_METRICS_EXPOSITION_H

#include "metrics/output.h"
#include "memory/segment.h"

#include <stdbool.h>
#include <stdint.h>

/** What is shown, and how. */
typedef struct {
    const cctv_shared_t *shared;
    cctv_time_t now;
    /** To work with; room for max_sessions. */
    uint32_t *live;
    bool is_openmetrics;
    bool is_db_up;
    bool has_video; /**< whether there is a Janus */
    /** Seconds since 1970; 0: there is no GeoIP database. */
    int64_t geoip_built;
    /** Nothing in it has to be escaped. */
    const char *version;
} cctv_exposition_t;

/**
 * Write all metrics. What is in the text's buffer behind it is the last of
 * it.
 *
 * A family is written in one walk over the cells; each number is read once,
 * so that of a histogram `_count` is the sum of its buckets.
 *
 * @return false: stopped
 * Thread-safe. Allocates nothing.
 */
bool cctv_exposition_write(cctv_output_t *out, const cctv_exposition_t *input);

#endif
