/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file publish.c
 * @brief Adds to the ring what has changed from one generation to the next.
 * Layer: pure.
 */
#include "push/publish.h"

#include "push/batch.h"

#include <string.h>

/* The two generations that are compared. */
typedef struct {
    const cctv_push_t *push;
    const cctv_catalogue_t *before;
    const cctv_catalogue_t *now;
    cctv_time_t time;
    int added;
} comparison_t;

/* What is behind the status in the Feature of a camera. */
static cctv_text_t behind_status(const cctv_catalogue_t *catalogue, int index)
{
    cctv_text_t feature = cctv_catalogue_feature(catalogue, index);
    size_t at = cctv_catalogue_behind_status(
        cctv_catalogue_record(catalogue, index));

    return (cctv_text_t){ feature.text + at, feature.len - at };
}

/* Whether a camera differs in anything but its status and the time of it. */
static bool is_deep(const comparison_t *with, int before, int now)
{
    const cctv_catalogue_record_t *a = cctv_catalogue_record(with->before,
                                                             before);
    const cctv_catalogue_record_t *b = cctv_catalogue_record(with->now, now);
    cctv_text_t a_end = behind_status(with->before, before);
    cctv_text_t b_end = behind_status(with->now, now);

    return a->status_at != b->status_at || a_end.len != b_end.len
           || memcmp(cctv_catalogue_feature(with->before, before).text,
                     cctv_catalogue_feature(with->now, now).text, a->status_at)
                  != 0
           || memcmp(a_end.text, b_end.text, a_end.len) != 0;
}

static void count_change(comparison_t *with, cctv_changed_t what)
{
    cctv_count(&with->push->counters->changes[what]);
}

static void add(comparison_t *with, const cctv_record_of_change_t *change)
{
    if (with->added++ < CCTV_PUBLISH_MAX) {
        cctv_ring_add(&with->push->ring, change);
    }
}

/* Compare a camera. @param before, now  its indexes; -1: it is not there */
static void compare(comparison_t *with, int before, int now)
{
    cctv_record_of_change_t change = {
        .which = (uint8_t)with->now->which,
        .generation = with->now->number,
        .time = with->time,
        .had = before >= 0,
        .is_deep = true,
    };
    cctv_changed_t what = CCTV_CHANGED_CHANGED;

    if (before < 0 && now < 0) {
        return;
    }
    if (before >= 0) {
        change.before = cctv_batch_spot(with->push->segment, with->before,
                                        before);
    }
    if (before < 0) {
        change.id = cctv_catalogue_id(with->now, now);
        what = CCTV_CHANGED_APPEARED;
    }
    else {
        change.id = cctv_catalogue_id(with->before, before);
        if (now < 0) {
            what = CCTV_CHANGED_GONE;
        }
        else if (!is_deep(with, before, now)) {
            if (cctv_catalogue_word(cctv_catalogue_state(with->before, before))
                == cctv_catalogue_word(cctv_catalogue_state(with->now, now))) {
                return;
            }
            change.is_deep = false;
            what = CCTV_CHANGED_STATUS;
        }
    }
    count_change(with, what);
    add(with, &change);
}

/* A list of all cameras of a catalogue. */
typedef struct {
    const cctv_catalogue_t *catalogue;
    cctv_catalogue_walk_t walk;
    int index;  /* of the camera that is next; -1: there is none */
    int64_t id; /* of it; greater than any id if there is none */
} list_t;

static void list_next(list_t *list)
{
    list->index = cctv_catalogue_next(list->catalogue, &list->walk);
    list->id = list->index < 0
                   ? INT64_MAX
                   : cctv_catalogue_id(list->catalogue, list->index);
}

static void compare_all(comparison_t *with)
{
    list_t before = { .catalogue = with->before };
    list_t now = { .catalogue = with->now };

    list_next(&before);
    list_next(&now);
    while ((before.index >= 0 || now.index >= 0)
           && with->added <= CCTV_PUBLISH_MAX) {
        bool has_before = before.id <= now.id;
        bool has_now = now.id <= before.id;

        compare(with, has_before ? before.index : -1,
                has_now ? now.index : -1);
        if (has_before) {
            list_next(&before);
        }
        if (has_now) {
            list_next(&now);
        }
    }
}

void cctv_publish_generation(const cctv_push_t *push,
                             const cctv_catalogue_t *before,
                             const cctv_catalogue_t *now, const int *ids,
                             int count, cctv_time_t time)
{
    comparison_t with = { push, before, now, time, 0 };
    bool is_next = before != NULL
                   && cctv_ring_told(&push->ring, now->which)
                          == before->number;
    int i;

    for (i = 0; is_next && ids != NULL && i < count; i++) {
        compare(&with, cctv_catalogue_find(before, ids[i]),
                cctv_catalogue_find(now, ids[i]));
    }
    if (is_next && ids == NULL) {
        compare_all(&with);
    }
    if (!is_next || with.added > CCTV_PUBLISH_MAX) {
        cctv_ring_renew(&push->ring, now->which);
    }
    cctv_ring_set_told(&push->ring, now->which, now->number);
}

void cctv_publish_status(const cctv_push_t *push, const cctv_catalogue_t *now,
                         int index, cctv_camera_status_t before,
                         cctv_time_t time)
{
    cctv_record_of_change_t change = {
        .id = cctv_catalogue_id(now, index),
        .which = (uint8_t)now->which,
        .had = true,
        .generation = now->number,
        .time = time,
        .before = cctv_batch_spot(push->segment, now, index),
    };

    change.before.status = (uint8_t)before;
    cctv_count(&push->counters->changes[CCTV_CHANGED_STATUS]);
    cctv_ring_add(&push->ring, &change);
}
