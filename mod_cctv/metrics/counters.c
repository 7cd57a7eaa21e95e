/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file counters.c
 * @brief Counters and histograms in memory that processes share.
 * Layer: pure.
 */
#include "metrics/counters.h"

#define LABEL(bound, label) label,

const char *const cctv_bucket_labels[] = { CCTV_BUCKET_LIST(LABEL) "+Inf" };

_Static_assert(sizeof cctv_bucket_labels / sizeof cctv_bucket_labels[0]
                   == CCTV_BUCKET_COUNT,
               "CCTV_BUCKET_COUNT is not the number of buckets");

#define BOUND(bound, label) bound,

static const int64_t bounds[] = { CCTV_BUCKET_LIST(BOUND) INT64_MAX };

void cctv_histogram_observe(cctv_histogram_t *histogram, int64_t duration)
{
    int bucket = 0;

    /* The clock was put back during the measurement. */
    if (duration < 0) {
        duration = 0;
    }
    while (duration > bounds[bucket]) {
        bucket++;
    }
    cctv_count(&histogram->buckets[bucket]);
    atomic_fetch_add_explicit(&histogram->sum, (uint64_t)duration,
                              memory_order_relaxed);
}
