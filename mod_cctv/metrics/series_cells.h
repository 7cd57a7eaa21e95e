/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file series_cells.h
 * @brief The cells of the table of series: what series.c has for
 *        series_load.c. No other file uses it.
 * Layer: pure.
 */
#ifndef CCTV_METRICS_SERIES_CELLS_H
#define CCTV_METRICS_SERIES_CELLS_H

#include "metrics/series.h"

#define CCTV_SERIES_NO_CELL UINT32_MAX

/**
 * The number of used cells below which a new label set of views started gets
 * a cell: ceil(max / 2).
 */
static inline uint32_t cctv_series_detailed_limit(const cctv_series_t *series)
{
    return series->max - series->max / 2;
}

/** The same for a coarse label set: ceil(max * 7 / 8). */
static inline uint32_t cctv_series_coarse_limit(const cctv_series_t *series)
{
    return series->max - series->max / 8;
}

static inline bool cctv_labels_are_coarse(const cctv_labels_t *labels)
{
    return labels->browser == CCTV_SERIES_AGENT_OTHER
           && labels->os == CCTV_SERIES_AGENT_OTHER;
}

/**
 * Find the cell of a label set, or take a new one if fewer than `limit` cells
 * are used.
 *
 * @param limit  0: only find it
 * @return CCTV_SERIES_NO_CELL: there is no such cell, and no room
 */
uint32_t cctv_series_take_cell(cctv_series_t *series,
                               const cctv_labels_t *labels, uint32_t limit);

/** Whether the coarse label set of a label set has a cell. */
bool cctv_series_has_coarse(cctv_series_t *series,
                            const cctv_labels_t *labels);

/**
 * Get the cell of the coarse label set; if there is no room for it, the cell
 * that is "other" in all labels.
 */
uint32_t cctv_series_coarse_cell(cctv_series_t *series,
                                 const cctv_labels_t *labels);

/** As cctv_series_add(), but nothing counts as folded. */
void cctv_series_add_to_cell(cctv_series_t *series, uint32_t cell,
                             uint64_t value, uint16_t day);

/** Count an addition to a label set less exact than the requested one. */
void cctv_series_count_folded(cctv_series_t *series);

#endif
