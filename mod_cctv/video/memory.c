/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file memory.c
 * @brief The shared memory of the video part.
 * Layer: pure.
 */
#include "video/memory.h"

#include <stdio.h>

static size_t video_size(uint32_t capacity)
{
    (void)capacity;
    return sizeof(cctv_video_memory_t);
}

static void visit_counters(void *memory, cctv_counter_visit_t *visit,
                           void *context)
{
    cctv_video_memory_t *video = memory;
    char name[48];
    int i;

    for (i = 0; i < CCTV_JANUS_ERROR_COUNT; i++) {
        snprintf(name, sizeof name, "errors/%s", cctv_janus_error_labels[i]);
        visit(context, name, &video->counters.errors[i], 1);
    }
    for (i = 0; i < CCTV_FAILURE_COUNT - 1; i++) {
        snprintf(name, sizeof name, "failures/%s", cctv_failure_labels[i]);
        visit(context, name, &video->failed[i], 1);
    }
    visit(context, "calls", cctv_histogram_cells(&video->counters.calls),
          CCTV_HISTOGRAM_CELLS);
    visit(context, "answers", cctv_histogram_cells(&video->answers),
          CCTV_HISTOGRAM_CELLS);
}

const cctv_region_t cctv_video_region = { .name = "video",
                                          .layout = 3,
                                          .size = video_size,
                                          .counters = visit_counters };
