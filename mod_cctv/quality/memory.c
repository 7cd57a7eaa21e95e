/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file memory.c
 * @brief The shared memory of the quality part: its counters, and what each
 *        view has reported so far.
 * Layer: pure.
 */
#include "quality/memory.h"

#include "quality/quality.h"
#include "views/reasons.h"

#include <stdio.h>

_Static_assert(sizeof(cctv_reported_t) == 32, "a record is not half a line");

#define HEAD_SIZE ((sizeof(cctv_quality_counters_t) + 63) / 64 * 64)

static size_t quality_size(uint32_t capacity)
{
    return HEAD_SIZE + (capacity * sizeof(cctv_reported_t) + 63) / 64 * 64;
}

/* The names stay as they are, since state files have them. */
#define LABEL(name, label) label,
static const char *const total_names[] = { CCTV_TOTAL_LIST(LABEL) };

static void visit_counters(void *memory, cctv_counter_visit_t *visit,
                           void *context)
{
    cctv_quality_counters_t *counters = memory;
    char name[48];
    int i;

    for (i = 0; i < CCTV_TRANSPORT_COUNT; i++) {
        snprintf(name, sizeof name, "first_picture/%s",
                 cctv_transport_labels[i]);
        visit(context, name,
              cctv_histogram_cells(&counters->first_pictures[i]),
              CCTV_HISTOGRAM_CELLS);
    }
    visit(context, "round_trip", cctv_histogram_cells(&counters->round_trips),
          CCTV_HISTOGRAM_CELLS);
    cctv_region_visit_row(visit, context, "total", total_names,
                          counters->totals, CCTV_TOTAL_COUNT);
    cctv_region_visit_row(visit, context, "path", cctv_path_labels,
                          counters->paths, CCTV_PATH_COUNT);
    cctv_region_visit_row(visit, context, "decoder", cctv_decoder_labels,
                          counters->decoders, CCTV_DECODER_COUNT);
}

const cctv_region_t cctv_quality_region = { .name = "quality",
                                            .layout = 1,
                                            .size = quality_size,
                                            .counters = visit_counters,
                                            .loaded = cctv_quality_loaded };

void cctv_quality_open(cctv_quality_t *quality, const cctv_segment_t *segment)
{
    char *at = cctv_segment_find(segment, &cctv_quality_region, &quality->max);

    quality->counters = (cctv_quality_counters_t *)(void *)at;
    quality->records = (cctv_reported_t *)(void *)(at + HEAD_SIZE);
}
