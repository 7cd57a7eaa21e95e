/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file created.h
 * @brief When the label sets of series.h were first counted, for the samples
 *        "_created" of OpenMetrics.
 * Layer: pure.
 *
 * One number for each cell of the table of label sets, in s since 1970; 0: not
 * known. The state file does not hold them: a label set that comes from there
 * was shown before, so nobody misses its first view.
 */
#ifndef CCTV_METRICS_CREATED_H
#define CCTV_METRICS_CREATED_H

#include "memory/region.h"
#include "metrics/series.h"

#include <stdatomic.h>
#include <stdint.h>

/** The region's capacity is that of cctv_series_region. */
extern const cctv_region_t cctv_created_region;

/**
 * Add to a cell as cctv_series_add() does. Also note the current time, if
 * nothing was ever added to this cell.
 *
 * @param created  the memory of cctv_created_region
 */
void cctv_created_add(_Atomic uint32_t *created, cctv_series_t *series,
                      uint32_t cell, uint64_t amount, uint16_t day);

/** When something was first added to a cell. */
static inline uint32_t cctv_created_of(const _Atomic uint32_t *created,
                                       uint32_t cell)
{
    return atomic_load_explicit(&created[cell], memory_order_relaxed);
}

#endif
