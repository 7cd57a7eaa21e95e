/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file view_events.c
 * @brief One event when a view starts, and one when it is over.
 * Layer: pure.
 */
#include "events/view_events.h"

#include "views/views.h"

#include <string.h>

enum {
    NONE,
    STARTING,
    STARTED,
    ENDING
};

/* The word of a record: the state (2 bits), and the position plus 1; 0: it is
 * not known. */
#define STATE(w)    ((w)&3)
#define HAS(w)      ((w) >> 2 != 0)
#define POSITION(w) (((w) >> 2) - 1)

static cctv_told_t *told_of(const cctv_view_events_t *views,
                            const cctv_view_t *view)
{
    return &views->told[view->index];
}

static void enter(cctv_told_t *told, uint64_t state)
{
    atomic_store(&told->word, state);
}

static void enter_at(cctv_told_t *told, uint64_t state, uint64_t position)
{
    atomic_store(&told->word, (position + 1) << 2 | state);
}

void cctv_view_events_open(cctv_view_events_t *views,
                           const cctv_segment_t *segment)
{
    views->segment = segment;
    views->events = cctv_events_open(segment);
    views->told = cctv_events_told(segment, &views->max);
}

/* ---- Details ---- */

static void load_details(const cctv_told_t *told,
                         cctv_event_details_t *details)
{
    uint64_t words[CCTV_DETAIL_WORDS] = { 0 };
    size_t i;

    for (i = 0; i < CCTV_DETAIL_WORDS; i++) {
        words[i] = atomic_load_explicit(&told->details[i],
                                        memory_order_relaxed);
    }
    memcpy(details, words, sizeof words);
}

static void store_details(cctv_told_t *told,
                          const cctv_event_details_t *details)
{
    uint64_t words[CCTV_DETAIL_WORDS];
    size_t i;

    memcpy(words, details, sizeof words);
    for (i = 0; i < CCTV_DETAIL_WORDS; i++) {
        atomic_store_explicit(&told->details[i], words[i],
                              memory_order_relaxed);
    }
}

/* `started` of details of a view that has not started yet. */
#define DESCRIBED (-1)

void cctv_view_events_describe(const cctv_view_events_t *views, uint32_t index,
                               const cctv_event_details_t *details)
{
    cctv_event_details_t noted = *details;

    noted.started = DESCRIBED;
    store_details(&views->told[index], &noted);
}

/* The first picture of a view, told with a part of its secret: a late report
 * of an earlier view in the slot is not taken for one of this view. */
static uint64_t picture_word(const cctv_view_t *view, int64_t after)
{
    return view->secret[0] >> 32 << 32 | (uint64_t)(uint32_t)(after + 1);
}

void cctv_view_events_picture(const cctv_view_events_t *views,
                              const cctv_view_t *view, int64_t after)
{
    atomic_store_explicit(&told_of(views, view)->picture,
                          picture_word(view, after), memory_order_relaxed);
}

static int64_t picture_of(const cctv_told_t *told, const cctv_view_t *view)
{
    uint64_t word = atomic_load_explicit(&told->picture, memory_order_relaxed);

    return (word ^ view->secret[0]) >> 32 == 0 ? (int64_t)(uint32_t)word - 1
                                               : -1;
}

void cctv_view_events_read(const cctv_view_events_t *views,
                           const cctv_view_t *view,
                           cctv_event_details_t *details)
{
    load_details(told_of(views, view), details);
    details->picture = picture_of(told_of(views, view), view);
}

/* ---- Events ---- */

void cctv_view_events_fill(const cctv_view_events_t *views,
                           const cctv_view_t *view,
                           const cctv_event_details_t *details,
                           cctv_log_event_t *event)
{
    event->view = cctv_view_public_id(views->segment, view);
    event->camera = view->camera;
    event->country = view->country;
    event->transport = (uint8_t)view->transport;
    event->browser = view->browser;
    event->os = view->os;
    event->codec = (uint8_t)view->codec;
    event->is_answered = view->answered >= 0;
    event->watched = view->watched;
    event->started = details->started;
    event->first_picture = details->picture;
    event->client = details->client;
    memcpy(event->role, details->role, sizeof event->role);
    memcpy(event->user, details->user, sizeof event->user);
}

/* Put an event into the queue, and note that it is there. The caller has
 * claimed the slot. @return false: the queue is full */
static bool put(const cctv_view_events_t *views, const cctv_view_t *view,
                uint64_t state, const cctv_log_event_t *event)
{
    uint32_t spare = state == ENDING ? CCTV_QUEUE_SPARE_ENDS : 0;
    cctv_queue_t *queue = &views->events->queue;
    cctv_owner_t owner = cctv_owner_slot(view->index);
    cctv_told_t *told = told_of(views, view);
    uint64_t position;

    do {
        enter(told, state);
        if (!cctv_queue_claim(queue, owner, spare, &position)) {
            return false;
        }
        enter_at(told, state, position);
        /* A position that was claimed for very long may have been given up. */
    } while (!cctv_queue_publish(queue, position, owner, event));
    return true;
}

void cctv_view_events_start(const cctv_view_events_t *views,
                            const cctv_view_t *view, int64_t wall)
{
    cctv_told_t *told = told_of(views, view);
    cctv_log_event_t event = { .kind = CCTV_EVENT_START, .time = wall };
    cctv_event_details_t details;

    if (!cctv_events_are_on(views->events)) {
        enter(told, NONE);
        return;
    }
    atomic_store_explicit(&told->reason, 0, memory_order_relaxed);
    atomic_store_explicit(&told->over, 0, memory_order_relaxed);
    load_details(told, &details);
    if (details.started != DESCRIBED) {
        /* There was no log when its slot was reserved: these details are of an
         * earlier view. */
        details = (cctv_event_details_t){ .started = 0 };
    }
    details.started = wall;
    details.picture = -1;
    store_details(told, &details);
    cctv_view_events_fill(views, view, &details, &event);
    if (!put(views, view, STARTING, &event)) {
        cctv_count(&views->events->counters.dropped);
    }
    enter(told, STARTED);
}

void cctv_view_events_resume(const cctv_view_events_t *views,
                             const cctv_view_t *view,
                             const cctv_event_details_t *details)
{
    cctv_told_t *told = told_of(views, view);

    store_details(told, details);
    if (details->picture >= 0) {
        cctv_view_events_picture(views, view, details->picture);
    }
    atomic_store_explicit(&told->over, 0, memory_order_relaxed);
    enter(told, STARTED);
}

bool cctv_view_events_are_owed(const cctv_view_events_t *views,
                               const cctv_view_t *view)
{
    return STATE(atomic_load(&told_of(views, view)->word)) == STARTED;
}

/* If several processes try to end the view, the one that succeeds may not be
 * the last one here. This matters only if it is then killed, or the queue is
 * full. */
void cctv_view_events_ending(const cctv_view_events_t *views,
                             const cctv_view_t *view, cctv_ended_t reason)
{
    atomic_store_explicit(&told_of(views, view)->reason, reason + 1U,
                          memory_order_relaxed);
}

static void fill_end(const cctv_view_events_t *views, const cctv_view_t *view,
                     const char *reason, int64_t wall, cctv_log_event_t *event)
{
    cctv_event_details_t details;

    cctv_view_events_read(views, view, &details);
    *event = (cctv_log_event_t){ .kind = CCTV_EVENT_END, .time = wall };
    cctv_view_events_fill(views, view, &details, event);
    cctv_event_set(event->reason, sizeof event->reason, reason);
}

bool cctv_view_events_end(const cctv_view_events_t *views,
                          const cctv_view_t *view, const char *reason,
                          int64_t wall)
{
    cctv_told_t *told = told_of(views, view);
    cctv_log_event_t event;

    if (cctv_events_are_on(views->events)
        && cctv_view_events_are_owed(views, view)) {
        fill_end(views, view, reason, wall, &event);
        if (!put(views, view, ENDING, &event)) {
            atomic_store_explicit(&told->over, wall, memory_order_relaxed);
            enter(told, STARTED);
            return false;
        }
    }
    enter(told, NONE);
    return true;
}

/* ---- Slots that are abandoned ---- */

static const char *last_reason(const cctv_told_t *told,
                               const cctv_view_t *view)
{
    uint32_t reason = atomic_load_explicit(&told->reason,
                                           memory_order_relaxed);

    return reason == 0 || reason > CCTV_ENDED_COUNT
               ? CCTV_EVENT_CRASH
               : cctv_ended_labels[cctv_view_reason(
                   view, (cctv_ended_t)(reason - 1))];
}

/* @return whether the position that the slot has claimed, if any, is known */
static bool know_position(const cctv_view_events_t *views, uint32_t index,
                          uint64_t word, uint64_t *position)
{
    if (HAS(word)) {
        *position = POSITION(word);
        return true;
    }
    return cctv_queue_find(&views->events->queue, cctv_owner_slot(index),
                           position);
}

/* @return whether the start of the view is in the queue */
static bool settle_start(const cctv_view_events_t *views, uint32_t index,
                         uint64_t word)
{
    uint64_t position;

    return know_position(views, index, word, &position)
           && !cctv_queue_drop(&views->events->queue, position,
                               cctv_owner_slot(index));
}

/* Tell the end if its position is known; otherwise it is still owed. */
static void settle_end(const cctv_view_events_t *views,
                       const cctv_view_t *view, uint64_t word,
                       const char *reason, int64_t wall)
{
    cctv_log_event_t event;
    uint64_t position;

    if (!know_position(views, view->index, word, &position)) {
        enter(told_of(views, view), STARTED);
        return;
    }
    fill_end(views, view, reason, wall, &event);
    enter_at(told_of(views, view), ENDING, position);
    /* This fails if the event is in the queue. */
    cctv_queue_publish(&views->events->queue, position,
                       cctv_owner_slot(view->index), &event);
}

bool cctv_view_events_abandoned(const cctv_view_events_t *views,
                                const cctv_view_t *view, int64_t wall,
                                bool is_last)
{
    cctv_told_t *told = told_of(views, view);
    uint64_t word = atomic_load(&told->word);
    int64_t over = atomic_load_explicit(&told->over, memory_order_relaxed);
    const char *reason = last_reason(told, view);

    if (over != 0) {
        wall = over;
    }
    if (STATE(word) == STARTING && settle_start(views, view->index, word)) {
        enter(told, STARTED);
        reason = CCTV_EVENT_CRASH;
    }
    else if (STATE(word) == ENDING) {
        settle_end(views, view, word, reason, wall);
    }
    /* Nothing is left to do unless the end is owed. */
    if (cctv_view_events_end(views, view, reason, wall)) {
        return true;
    }
    if (is_last) {
        cctv_count(&views->events->counters.dropped);
        enter(told, NONE);
    }
    return is_last;
}
