/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file memory.c
 * @brief The shared memory of the events part.
 * Layer: pure.
 */
#include "events/memory.h"

#define HEAD_SIZE ((sizeof(cctv_events_t) + 63) / 64 * 64)

static size_t events_size(uint32_t capacity)
{
    (void)capacity;
    return HEAD_SIZE;
}

static void visit_counters(void *memory, cctv_counter_visit_t *visit,
                           void *context)
{
    cctv_events_t *events = memory;

    visit(context, "written", &events->counters.written, 1);
    visit(context, "dropped", &events->counters.dropped, 1);
}

const cctv_region_t cctv_events_region = { .name = "events",
                                           .layout = 1,
                                           .size = events_size,
                                           .counters = visit_counters };

cctv_events_t *cctv_events_open(const cctv_segment_t *segment)
{
    return cctv_segment_find(segment, &cctv_events_region, NULL);
}

void cctv_events_put(cctv_events_t *events, const cctv_log_event_t *event,
                     uint32_t spare)
{
    if (cctv_events_are_on(events)
        && !cctv_queue_put(&events->queue, event, spare)) {
        cctv_count(&events->counters.dropped);
    }
}
