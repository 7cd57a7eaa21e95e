/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file memory.c
 * @brief The shared memory of the events part.
 * Layer: pure.
 */
#include "events/memory.h"

#include "events/state.h"

#define HEAD_SIZE ((sizeof(cctv_events_t) + 63) / 64 * 64)

static size_t events_size(uint32_t capacity)
{
    return HEAD_SIZE + capacity * sizeof(cctv_told_t);
}

static void visit_counters(void *memory, cctv_counter_visit_t *visit,
                           void *context)
{
    cctv_events_t *events = memory;

    visit(context, "written", &events->counters.written, 1);
    visit(context, "dropped", &events->counters.dropped, 1);
}

const cctv_region_t cctv_events_region = { .name = "events",
                                           .layout = 2,
                                           .size = events_size,
                                           .counters = visit_counters,
                                           .save = cctv_events_save,
                                           .is_sound = cctv_events_is_sound,
                                           .load = cctv_events_load };

cctv_events_t *cctv_events_open(const cctv_segment_t *segment)
{
    return cctv_segment_find(segment, &cctv_events_region, NULL);
}

cctv_told_t *cctv_events_told(const cctv_segment_t *segment, uint32_t *max)
{
    char *at = cctv_segment_find(segment, &cctv_events_region, max);

    return (cctv_told_t *)(void *)(at + HEAD_SIZE);
}

void cctv_events_put(cctv_events_t *events, const cctv_log_event_t *event,
                     uint32_t spare)
{
    if (cctv_events_are_on(events)
        && !cctv_queue_put(&events->queue, event, spare)) {
        cctv_count(&events->counters.dropped);
    }
}
