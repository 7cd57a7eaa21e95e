/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file memory.h
 * @brief What views keep in shared memory.
 * Layer: pure.
 */
#ifndef CCTV_VIEWS_MEMORY_H
#define CCTV_VIEWS_MEMORY_H

#include "memory/segment.h"
#include "metrics/series.h"
#include "views/viewer_counts.h"
#include "views/discard.h"
#include "views/places.h"
#include "views/reasons.h"
#include "views/view_table.h"

/** In front of the tables. */
typedef struct {
    /** When the views were last looked through. */
    _Atomic cctv_time_t swept;
    cctv_views_counters_t counters;
} cctv_views_head_t;

/** Views and their series as a process sees them. */
typedef struct {
    cctv_views_head_t *head;
    cctv_view_table_t table;
    cctv_places_t places;
    cctv_viewer_counts_t counts;
    cctv_series_t series;
    cctv_discard_t discarded;
} cctv_views_t;

/** Its capacity is the number of views. */
extern const cctv_region_t cctv_views_region;

/** See what lies in a segment with cctv_views_region and
 *  cctv_series_region. */
void cctv_views_open(cctv_views_t *shared, const cctv_segment_t *segment);

#endif
