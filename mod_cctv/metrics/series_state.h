/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file series_state.h
 * @brief Stores series in the state file, and leaves some out when they are
 *        loaded.
 * Layer: pure.
 */
#ifndef CCTV_METRICS_SERIES_STATE_H
#define CCTV_METRICS_SERIES_STATE_H

#include "memory/state.h"

/** Which series are not loaded. */
typedef struct {
    /**
     * The ids of all cameras in ascending order; series of other cameras are
     * left out. NULL: the cameras are not known, load all series.
     */
    const int32_t *cameras;
    size_t count;
    uint16_t idle_days; /**< days since the last use; 0: load all series */
} cctv_series_filter_t;

/**
 * Set the filter for all further loads of this process. Not thread-safe.
 *
 * @param filter  kept; NULL: load all series
 */
void cctv_series_set_filter(const cctv_series_filter_t *filter);

/* The functions of cctv_series_region; see memory/region.h. */
void cctv_series_save(const cctv_segment_t *segment, bool is_clean,
                      cctv_time_t now, cctv_state_writer_t *writer);
bool cctv_series_is_sound(const void *record, size_t size);
cctv_record_t cctv_series_load(const cctv_state_load_t *load,
                               const void *record, size_t size);
void cctv_series_loaded(const cctv_state_load_t *load);

#endif
