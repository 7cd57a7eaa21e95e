/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file state.h
 * @brief Writes views to the state file and reads them back.
 * Layer: pure.
 */
#ifndef CCTV_VIEWS_STATE_H
#define CCTV_VIEWS_STATE_H

#include "memory/state.h"

/* The functions of cctv_views_region: see cctv_region_t in memory/region.h. */
void cctv_views_save(const cctv_segment_t *segment, bool is_clean,
                     cctv_time_t now, cctv_state_writer_t *writer);
bool cctv_views_is_sound(const void *record, size_t size);
cctv_record_t cctv_views_load(const cctv_state_load_t *load,
                              const void *record, size_t size);

#endif
