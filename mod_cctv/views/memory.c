/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file memory.c
 * @brief The shared memory of the views part.
 * Layer: pure.
 */
#include "views/memory.h"

#include "views/state.h"

#define HEAD_SIZE ((sizeof(cctv_views_head_t) + 63) / 64 * 64)

static size_t views_size(uint32_t max_sessions)
{
    return HEAD_SIZE + cctv_view_table_size(max_sessions)
           + cctv_places_size(max_sessions)
           + cctv_viewer_counts_size(max_sessions)
           + cctv_discard_size(max_sessions)
           + cctv_view_index_size(max_sessions);
}

static void visit_counters(void *memory, cctv_counter_visit_t *visit,
                           void *context)
{
    cctv_views_head_t *head = memory;

    cctv_region_visit_row(visit, context, "ended", cctv_ended_labels,
                          head->counters.ended, CCTV_ENDED_COUNT);
    cctv_region_visit_row(visit, context, "refused", cctv_refused_labels,
                          head->counters.refused, CCTV_REFUSED_COUNT);
    visit(context, "heartbeats", &head->counters.heartbeats, 1);
    visit(context, "stalls", &head->counters.stalls, 1);
}

const cctv_region_t cctv_views_region = { .name = "views",
                                          .layout = 4,
                                          .size = views_size,
                                          .counters = visit_counters,
                                          .save = cctv_views_save,
                                          .is_sound = cctv_views_is_sound,
                                          .load = cctv_views_load };

void cctv_views_open(cctv_views_t *shared, const cctv_segment_t *segment)
{
    uint32_t max_sessions;
    uint32_t max_series;
    char *at = cctv_segment_find(segment, &cctv_views_region, &max_sessions);
    void *series = cctv_segment_find(segment, &cctv_series_region,
                                     &max_series);

    shared->head = (cctv_views_head_t *)(void *)at;
    at += HEAD_SIZE;
    cctv_view_table_open(&shared->table, at, max_sessions);
    at += cctv_view_table_size(max_sessions);
    cctv_places_open(&shared->places, at, max_sessions);
    at += cctv_places_size(max_sessions);
    cctv_viewer_counts_open(&shared->counts, at, max_sessions);
    at += cctv_viewer_counts_size(max_sessions);
    cctv_discard_open(&shared->discarded, at, max_sessions);
    at += cctv_discard_size(max_sessions);
    cctv_view_index_open(&shared->index, at, max_sessions);
    cctv_series_open(&shared->series, series, max_series);
    shared->created = cctv_segment_find(segment, &cctv_created_region, NULL);
}
