/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file counters.c
 * @brief The counters whose label sets are known beforehand.
 * Layer: pure.
 */
#include "metrics/counters.h"

#include <string.h>

#define LABEL(name, label) label,

const char *const cctv_ended_labels[] = { CCTV_ENDED_LIST(LABEL) };
const char *const cctv_refused_labels[] = { CCTV_REFUSED_LIST(LABEL) };
const char *const cctv_db_error_labels[] = { CCTV_DB_ERROR_LIST(LABEL) };
const char *const cctv_janus_error_labels[] = { CCTV_JANUS_ERROR_LIST(LABEL) };
const char *const cctv_handler_labels[] = { CCTV_HANDLER_LIST(LABEL) };
const char *const cctv_code_labels[] = { CCTV_CODE_LIST(LABEL) };
const char *const cctv_camera_status_labels[] = { CCTV_CAMERA_STATUS_LIST(
    LABEL) };
const char *const cctv_bucket_labels[] = { CCTV_BUCKET_LIST(LABEL) "+Inf" };

_Static_assert(sizeof cctv_bucket_labels / sizeof cctv_bucket_labels[0]
                   == CCTV_BUCKET_COUNT,
               "CCTV_BUCKET_COUNT is not the number of buckets");

#define BOUND(bound, label) bound,

static const int64_t bounds[] = { CCTV_BUCKET_LIST(BOUND) INT64_MAX };

void cctv_histogram_observe(cctv_histogram_t *histogram, int64_t duration)
{
    int bucket = 0;

    /* One that was measured while the clock was put back. */
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

int cctv_handler_number(const char *name)
{
    int i;

    if (strncmp(name, "cctv-", 5) != 0) {
        return -1;
    }
    for (i = 0; i < CCTV_HANDLER_COUNT; i++) {
        if (strcmp(name + 5, cctv_handler_labels[i]) == 0) {
            return i;
        }
    }
    return -1;
}

cctv_code_t cctv_code_class(int status)
{
    int hundreds = status / 100;

    return hundreds < 1 || hundreds > 5 ? CCTV_CODE_5XX
                                        : (cctv_code_t)(hundreds - 1);
}
