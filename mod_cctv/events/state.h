/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file state.h
 * @brief Writes what the events part knows to the state file, and reads it
 *        back: the functions of cctv_events_region (memory/region.h).
 * Layer: pure.
 *
 * Views that go on keep their details. For views that do not, an end is put
 * into the queue. After a clean stop the chains go on, and events that no log
 * has taken are written; after a crash nobody knows which ones were written,
 * so they are dropped rather than written twice.
 */
#ifndef CCTV_EVENTS_STATE_H
#define CCTV_EVENTS_STATE_H

#include "memory/state.h"

void cctv_events_save(const cctv_segment_t *segment, bool is_clean,
                      cctv_time_t now, cctv_state_writer_t *writer);
bool cctv_events_is_sound(const void *record, size_t size);
cctv_record_t cctv_events_load(const cctv_state_load_t *load,
                               const void *record, size_t size);

#endif
