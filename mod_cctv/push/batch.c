/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file batch.c
 * @brief A piece of the ring, with the cameras as they are now; and what of it
 *        a client is told.
 * Layer: pure.
 */
#include "push/batch.h"

#include <stdlib.h>

_Static_assert(CCTV_RING_CATALOGUES <= UINT8_MAX,
               "a catalogue's number does not fit into a change");

/* A process checks every byte of a generation before it uses it: at least 500
 * bytes in a µs, on a machine that is not overloaded. */
#define MAP_LEAST 20000
#define MAP_SPEED 500

uint64_t cctv_batch_start(const cctv_push_t *push,
                          const cctv_catalogue_t *catalogue, cctv_time_t now)
{
    return cctv_ring_start(&push->ring, now,
                           MAP_LEAST
                               + (int64_t)(catalogue->head->size / MAP_SPEED));
}

cctv_spot_t cctv_batch_spot(const cctv_segment_t *segment,
                            const cctv_catalogue_t *catalogue, int index)
{
    cctv_text_t role = cctv_catalogue_role(catalogue, index);

    return (cctv_spot_t){
        .role = cctv_interest_role(segment, role.text, role.len),
        .lng = cctv_catalogue_lng(catalogue, index),
        .lat = cctv_catalogue_lat(catalogue, index),
        .status = (uint8_t)cctv_catalogue_status(catalogue, index),
    };
}

static int compare_steps(const void *a_, const void *b_)
{
    const cctv_step_t *a = a_;
    const cctv_step_t *b = b_;

    if (a->change.id != b->change.id) {
        return a->change.id < b->change.id ? -1 : 1;
    }
    /* The index is still the order in which they were read. */
    return a->index < b->index ? -1 : 1;
}

/* Set how each camera is now. */
static void look_up(const cctv_push_t *push, cctv_batch_t *batch)
{
    int i;

    for (i = 0; i < batch->count; i++) {
        cctv_step_t *step = &batch->steps[i];

        if (i > 0 && step->change.id == step[-1].change.id) {
            step->index = step[-1].index;
            step->now = step[-1].now;
            step->since = step[-1].since;
            continue;
        }
        step->index = cctv_catalogue_find(batch->catalogue, step->change.id);
        if (step->index >= 0) {
            cctv_camera_state_t state = cctv_catalogue_state(batch->catalogue,
                                                             step->index);

            step->now = cctv_batch_spot(push->segment, batch->catalogue,
                                        step->index);
            step->now.status = (uint8_t)state.status;
            step->since = state.since;
        }
    }
}

bool cctv_batch_read(const cctv_push_t *push,
                     const cctv_catalogue_t *catalogue, uint64_t from,
                     cctv_batch_t *out)
{
    uint64_t last;

    out->catalogue = catalogue;
    out->epoch = cctv_ring_epoch(&push->ring, catalogue->which);
    last = cctv_ring_last(&push->ring);
    out->from = from;
    out->until = from;
    out->count = 0;
    if (!cctv_ring_has(&push->ring, from)) {
        return false;
    }
    while (out->until < last && out->count < CCTV_BATCH_MAX) {
        cctv_step_t *step = &out->steps[out->count];

        if (!cctv_ring_read(&push->ring, out->until + 1, &step->change)) {
            return false;
        }
        if (step->change.which == catalogue->which) {
            if (step->change.generation > catalogue->number) {
                break;
            }
            step->index = out->count++;
        }
        out->until++;
    }
    out->has_more = out->until < last && out->count == CCTV_BATCH_MAX;
    qsort(out->steps, (size_t)out->count, sizeof out->steps[0], compare_steps);
    look_up(push, out);
    return true;
}

cctv_news_t cctv_batch_judge(const cctv_batch_t *batch,
                             const cctv_interest_t *interest, int at,
                             int *next)
{
    const cctv_step_t *first = &batch->steps[at];
    bool was_ever_there = false;
    bool was_always_there = true;
    bool is_deep = false;
    bool is_there;
    int i;

    for (i = at;
         i < batch->count && batch->steps[i].change.id == first->change.id;
         i++) {
        const cctv_record_of_change_t *change = &batch->steps[i].change;
        bool was_there = change->had
                         && cctv_interest_has(interest, &change->before);

        was_ever_there |= was_there;
        was_always_there &= was_there;
        is_deep |= change->is_deep;
    }
    *next = i;
    is_there = first->index >= 0 && cctv_interest_has(interest, &first->now);
    if (is_there) {
        return was_always_there && !is_deep ? CCTV_NEWS_STATUS
                                            : CCTV_NEWS_CHANGED;
    }
    return was_ever_there ? CCTV_NEWS_GONE : CCTV_NEWS_NONE;
}
