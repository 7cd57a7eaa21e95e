/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file memory.h
 * @brief The shared memory of the views part.
 * Layer: pure.
 */
#ifndef CCTV_VIEWS_MEMORY_H
#define CCTV_VIEWS_MEMORY_H

#include "memory/segment.h"
#include "metrics/created.h"
#include "metrics/series.h"
#include "views/viewer_counts.h"
#include "views/discard.h"
#include "views/places.h"
#include "views/reasons.h"
#include "views/view_index.h"
#include "views/view_table.h"

/** The head of the region; the tables follow it. */
typedef struct {
    /** When the last sweep (cctv_views_sweep()) began. */
    _Atomic cctv_time_t swept;
    cctv_views_counters_t counters;
} cctv_views_head_t;

/** Views and their series as a process sees them; the pointers lead to shared
 *  memory. */
typedef struct {
    cctv_views_head_t *head;
    cctv_view_table_t table;
    cctv_places_t places;
    cctv_viewer_counts_t counts;
    cctv_series_t series;
    /** When its label sets were first counted. */
    _Atomic uint32_t *created;
    cctv_discard_t discarded;
    cctv_view_index_t index;
} cctv_views_t;

/** The region's capacity is the number of views. */
extern const cctv_region_t cctv_views_region;

/** Set the pointers to the tables of a segment that contains
 *  cctv_views_region, cctv_series_region and cctv_created_region. */
void cctv_views_open(cctv_views_t *shared, const cctv_segment_t *segment);

#endif
