/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file counters.h
 * @brief Counters and histograms in memory that processes share.
 * Layer: pure.
 *
 * Each number is correct on its own, so relaxed order is enough. Each part
 * declares its counters in its own folder.
 */
#ifndef CCTV_METRICS_COUNTERS_H
#define CCTV_METRICS_COUNTERS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "64-bit atomics take a lock");

/**
 * Inclusive upper bounds of the buckets of a duration: in µs, and as the text
 * of the `le` label in seconds. The last bucket has no bound.
 */
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

#define CCTV_BUCKET_COUNT 16 /**< including "+Inf" */

extern const char *const cctv_bucket_labels[];

/**
 * A histogram. Its buckets are not cumulative: the exposition adds them up, so
 * that _count is always the sum of the buckets.
 */
typedef struct {
    _Atomic uint64_t buckets[CCTV_BUCKET_COUNT];
    _Atomic uint64_t sum; /**< µs */
} cctv_histogram_t;

/**
 * The number of cells of a histogram, for the state file (memory/region.h).
 */
#define CCTV_HISTOGRAM_CELLS (sizeof(cctv_histogram_t) / sizeof(uint64_t))

static inline _Atomic uint64_t *cctv_histogram_cells(cctv_histogram_t *h)
{
    return h->buckets;
}

/** Add one to a counter. */
static inline void cctv_count(_Atomic uint64_t *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

/** Add a number to a counter. */
static inline void cctv_count_more(_Atomic uint64_t *counter, uint64_t number)
{
    atomic_fetch_add_explicit(counter, number, memory_order_relaxed);
}

static inline uint64_t cctv_counted(const _Atomic uint64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

/** Add a duration, in µs, to its bucket and to the sum. */
void cctv_histogram_observe(cctv_histogram_t *histogram, int64_t duration);

#endif
