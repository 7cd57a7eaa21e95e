/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file created.c
 * @brief When the label sets of series.h were first counted, for the samples
 *        "_created" of OpenMetrics.
 * Layer: pure.
 */
#include "metrics/created.h"

#include <time.h>

/* The table has no more cells than fit into its size. */
static size_t created_size(uint32_t max)
{
    return cctv_series_size(max) / sizeof(cctv_cell_t) * sizeof(uint32_t);
}

const cctv_region_t cctv_created_region = { .name = "created",
                                            .layout = 1,
                                            .size = created_size };

/* A cell that was shown before must not get a time now: Prometheus would take
 * that for a reset. So the time is noted before the first addition. */
void cctv_created_add(_Atomic uint32_t *created, cctv_series_t *series,
                      uint32_t cell, uint64_t amount, uint16_t day)
{
    if (cctv_series_day(series, cell) == 0) {
        atomic_store_explicit(&created[cell], (uint32_t)time(NULL),
                              memory_order_relaxed);
    }
    cctv_series_add(series, cell, amount, day);
}
