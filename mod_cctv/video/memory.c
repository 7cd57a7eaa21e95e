/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file memory.c
 * @brief The shared memory of the video part.
 * Layer: pure.
 */
#include "video/memory.h"

#define LABEL(name, label) label,

const char *const cctv_events_labels[] = { CCTV_EVENTS_LIST(LABEL) };

static size_t video_size(uint32_t capacity)
{
    (void)capacity;
    return sizeof(cctv_video_memory_t);
}

static void visit_counters(void *memory, cctv_counter_visit_t *visit,
                           void *context)
{
    cctv_video_memory_t *video = memory;

    cctv_region_visit_row(visit, context, "errors", cctv_janus_error_labels,
                          video->counters.errors, CCTV_JANUS_ERROR_COUNT);
    cctv_region_visit_row(visit, context, "events", cctv_events_labels,
                          video->events, CCTV_EVENTS_COUNT);
    cctv_region_visit_row(visit, context, "failures", cctv_failure_labels,
                          video->failed, CCTV_FAILURE_COUNT - 1);
    visit(context, "calls", cctv_histogram_cells(&video->counters.calls),
          CCTV_HISTOGRAM_CELLS);
    visit(context, "answers", cctv_histogram_cells(&video->answers),
          CCTV_HISTOGRAM_CELLS);
}

const cctv_region_t cctv_video_region = { .name = "video",
                                          .layout = 6,
                                          .size = video_size,
                                          .counters = visit_counters };
