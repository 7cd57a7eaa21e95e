/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file histogram_lines.h
 * @brief Writes a histogram as lines of the exposition.
 * Layer: pure.
 */
#ifndef CCTV_METRICS_HISTOGRAM_LINES_H
#define CCTV_METRICS_HISTOGRAM_LINES_H

#include "metrics/counters.h"
#include "metrics/output.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * A copy of a histogram. Each bucket was read once, so the count is always the
 * sum of the buckets.
 */
typedef struct {
    uint64_t buckets[CCTV_BUCKET_COUNT];
    uint64_t count;
    uint64_t sum; /**< µs */
} cctv_histogram_figures_t;

/** Copy a histogram that other threads may change at the same time. */
void cctv_histogram_read(const cctv_histogram_t *histogram,
                         cctv_histogram_figures_t *figures);

/** @param labels  the text between the braces without "le"; may be "" */
void cctv_histogram_write(cctv_output_t *out, const char *name,
                          const char *labels,
                          const cctv_histogram_figures_t *figures);

#endif
