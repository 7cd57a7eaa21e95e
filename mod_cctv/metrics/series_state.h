/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file series_state.h
 * @brief Series in the state file, and what is left out of them.
 * Layer: pure.
 */
#ifndef CCTV_METRICS_SERIES_STATE_H
#define CCTV_METRICS_SERIES_STATE_H

#include "memory/state.h"

/** What not to load. */
typedef struct {
    /** The ids of all cameras, ascending; NULL: not known, load all. */
    const int32_t *cameras;
    size_t count;
    uint16_t idle_days; /**< since the last use; 0: load all */
} cctv_series_filter_t;

/** For the loads of this process from now on. Not thread-safe.
 *  @param filter  kept; NULL: load all */
void cctv_series_set_filter(const cctv_series_filter_t *filter);

/* For cctv_series_region; see memory/region.h. */
void cctv_series_save(const cctv_segment_t *segment, bool is_clean,
                      cctv_time_t now, cctv_state_writer_t *writer);
bool cctv_series_is_sound(const void *record, size_t size);
cctv_record_t cctv_series_load(const cctv_state_load_t *load,
                               const void *record, size_t size);
void cctv_series_loaded(const cctv_state_load_t *load);

#endif
