/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file memory.c
 * @brief The shared memory of the push part: the ring of changes, its
 *        counters, and how many streams each process has.
 * Layer: pure.
 */
#include "push/memory.h"

#define LABEL(name, label) label,

const char *const cctv_changed_labels[] = { CCTV_CHANGED_LIST(LABEL) };
const char *const cctv_closed_labels[] = { CCTV_CLOSED_LIST(LABEL) };
const char *const cctv_unserved_labels[] = { CCTV_UNSERVED_LIST(LABEL) };

/* What is before the slots of the ring. */
typedef struct {
    cctv_push_counters_t counters;
    cctv_ring_head_t ring;
    cctv_processes_t processes;
} head_t;

#define HEAD_SIZE ((sizeof(head_t) + 63) / 64 * 64)

static size_t push_size(uint32_t capacity)
{
    (void)capacity;
    return HEAD_SIZE + CCTV_RING_SIZE * sizeof(cctv_ring_slot_t);
}

/* The names stay as they are, since state files have them. */
static void visit_counters(void *memory, cctv_counter_visit_t *visit,
                           void *context)
{
    cctv_push_counters_t *counters = &((head_t *)memory)->counters;

    cctv_region_visit_row(visit, context, "change", cctv_changed_labels,
                          counters->changes, CCTV_CHANGED_COUNT);
    visit(context, "push_events", &counters->events, 1);
    visit(context, "push_bytes", &counters->bytes, 1);
    visit(context, "push_resets", &counters->resets, 1);
    cctv_region_visit_row(visit, context, "push_closed", cctv_closed_labels,
                          counters->closed, CCTV_CLOSED_COUNT);
    cctv_region_visit_row(visit, context, "push_refused", cctv_unserved_labels,
                          counters->unserved, CCTV_UNSERVED_COUNT);
}

/* The ring is not in the state file: after a start every client loads its list
 * again. */
const cctv_region_t cctv_push_region = {
    .name = "push", .layout = 1, .size = push_size, .counters = visit_counters
};

void cctv_push_open(cctv_push_t *push, const cctv_segment_t *segment)
{
    char *at = cctv_segment_find(segment, &cctv_push_region, NULL);
    head_t *head = (head_t *)(void *)at;

    push->segment = segment;
    push->counters = &head->counters;
    push->processes = &head->processes;
    push->ring.head = &head->ring;
    push->ring.slots = (cctv_ring_slot_t *)(void *)(at + HEAD_SIZE);
}
