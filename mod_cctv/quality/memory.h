/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file memory.h
 * @brief The shared memory of the quality part: its counters, and what each
 *        view has reported so far.
 * Layer: pure.
 *
 * There is one record for each slot of the table of views. Its word says which
 * view the record belongs to, and when that view reported last:
 *
 *     tag (27 bits of the view's secret) | flags (5) | time (32)
 *
 * The time is in ms since the view started. Every report replaces the word by
 * compare-and-swap; whoever succeeds counts the interval since the report
 * before. So an interval, a first picture and a path are counted once, whatever
 * is reported at the same time.
 *
 * The totals of a record may be those of an earlier view for a moment, if a
 * process stands still between the swap and the next line. What is then added
 * is wrong by at most what the limits of an interval allow.
 */
#ifndef CCTV_QUALITY_MEMORY_H
#define CCTV_QUALITY_MEMORY_H

#include "memory/segment.h"
#include "metrics/counters.h"
#include "quality/report.h"
#include "views/view_table.h"

typedef struct {
    cctv_histogram_t first_pictures[CCTV_TRANSPORT_COUNT];
    cctv_histogram_t round_trips;
    _Atomic uint64_t totals[CCTV_TOTAL_COUNT];
    _Atomic uint64_t paths[CCTV_PATH_COUNT];
    _Atomic uint64_t decoders[CCTV_DECODER_COUNT];
} cctv_quality_counters_t;

typedef struct {
    _Atomic uint64_t word;
    _Atomic uint32_t totals[CCTV_TOTAL_COUNT];
} cctv_reported_t;

/** The memory as a process sees it; the pointers lead to shared memory. */
typedef struct {
    cctv_quality_counters_t *counters;
    cctv_reported_t *records;
    uint32_t max;
} cctv_quality_t;

/** The region's capacity is the number of views, as that of
 *  cctv_views_region. */
extern const cctv_region_t cctv_quality_region;

/** Set the pointers to the region of a segment. */
void cctv_quality_open(cctv_quality_t *quality, const cctv_segment_t *segment);

#endif
