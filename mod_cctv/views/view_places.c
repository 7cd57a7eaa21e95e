/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file view_places.c
 * @brief The places (places.h) that a view holds.
 * Layer: pure.
 */
#include "views/view_places.h"

static const uint32_t all_kinds[] = { CCTV_HOLDS_CLIENT, CCTV_HOLDS_CAMERA,
                                      CCTV_HOLDS_VIDEO };

#define KINDS (sizeof all_kinds / sizeof all_kinds[0])

static uint64_t key_of(const cctv_views_t *shared, uint32_t index,
                       uint32_t kind)
{
    const cctv_view_table_t *table = &shared->table;

    switch (kind) {
    case CCTV_HOLDS_CLIENT:
        return atomic_load(&table->clients[index]);
    case CCTV_HOLDS_CAMERA:
        return CCTV_CAMERA_KEY(atomic_load(&table->slots[index].camera));
    default:
        return CCTV_VIDEO_KEY;
    }
}

/* If the process is killed in this function, its slot stays marked as moving.
 * settle() then finds out by counting whether the count has changed. */
static cctv_place_t take_place(cctv_views_t *shared, uint32_t index,
                               uint32_t kind, uint32_t limit)
{
    uint32_t held = cctv_view_table_held(&shared->table, index);
    cctv_place_t result;

    cctv_view_table_hold(&shared->table, index, held | kind * CCTV_MOVING);
    result = cctv_places_take(&shared->places, key_of(shared, index, kind),
                              limit);
    cctv_view_table_hold(&shared->table, index,
                         result == CCTV_PLACE_TAKEN ? held | kind : held);
    return result;
}

static void give_place(cctv_views_t *shared, uint32_t index, uint32_t kind)
{
    uint32_t held = cctv_view_table_held(&shared->table, index) & ~kind;

    cctv_view_table_hold(&shared->table, index, held | kind * CCTV_MOVING);
    cctv_places_give(&shared->places, key_of(shared, index, kind), 1);
    cctv_view_table_hold(&shared->table, index, held);
}

void cctv_view_places_give(cctv_views_t *shared, uint32_t index)
{
    size_t i;

    for (i = 0; i < KINDS; i++) {
        if ((cctv_view_table_held(&shared->table, index) & all_kinds[i])
            != 0) {
            give_place(shared, index, all_kinds[i]);
        }
    }
}

cctv_view_status_t cctv_view_places_take(cctv_views_t *shared, uint32_t index,
                                         const cctv_viewer_t *viewer)
{
    const struct {
        bool is_needed;
        uint32_t kind;
        uint32_t limit;
        cctv_view_status_t status;
    } needs[] = {
        { shared->table.clients[index] != 0, CCTV_HOLDS_CLIENT,
          viewer->max_per_client, CCTV_VIEW_CLIENT_FULL },
        { cctv_transport_shows_video(viewer->transport), CCTV_HOLDS_VIDEO,
          viewer->max_viewers, CCTV_VIEW_BUSY },
        { cctv_transport_shows_video(viewer->transport), CCTV_HOLDS_CAMERA,
          viewer->max_per_camera, CCTV_VIEW_CAMERA_BUSY },
    };
    size_t i;

    for (i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        if (!needs[i].is_needed
            || (cctv_view_table_held(&shared->table, index) & needs[i].kind)
                   != 0) {
            continue;
        }
        switch (take_place(shared, index, needs[i].kind, needs[i].limit)) {
        case CCTV_PLACE_TAKEN:
            break;
        case CCTV_PLACE_LIMIT:
            return needs[i].status;
        case CCTV_PLACE_NO_ROOM:
            return CCTV_VIEW_FULL;
        }
    }
    return CCTV_VIEW_STARTED;
}

/* ---- Places of dead processes ---- */

/* The places of one key, as a walk over all slots has found them. */
typedef struct {
    uint32_t held;
    uint32_t unsettled; /* slots that dead processes left marked as moving */
    bool is_moving;     /* a process that lives is moving a place */
} places_seen_t;

static places_seen_t see_places(const cctv_views_t *shared, uint64_t key,
                                uint32_t kind)
{
    const cctv_view_table_t *table = &shared->table;
    places_seen_t seen = { .held = 0 };
    uint32_t i;

    for (i = cctv_view_table_next(table, 0); i < table->max;
         i = cctv_view_table_next(table, i + 1)) {
        uint32_t held = cctv_view_table_held(table, i);

        if ((held & (kind | kind * CCTV_MOVING)) == 0
            || key_of(shared, i, kind) != key) {
            continue;
        }
        if ((held & kind) != 0) {
            seen.held++;
        }
        else if (cctv_view_table_is_abandoned(table, i)) {
            seen.unsettled++;
        }
        else {
            seen.is_moving = true;
        }
    }
    return seen;
}

/* Correct the count that a process was changing when it was killed; it may be
 * one too high. The count is compared with the slots. Nothing is corrected if
 * a process that lives changes a count of the bucket meanwhile.
 * @return whether the count is right now */
static bool settle(cctv_views_t *shared, uint32_t index, uint32_t kind)
{
    uint64_t key = key_of(shared, index, kind);
    uint64_t changes = cctv_places_changes(&shared->places, key);
    uint32_t count = cctv_places_count(&shared->places, key);
    places_seen_t seen = see_places(shared, key, kind);

    if (seen.is_moving
        || changes != cctv_places_changes(&shared->places, key)) {
        return false;
    }
    if (count > seen.held) {
        uint32_t excess = count - seen.held;

        cctv_places_give(&shared->places, key,
                         excess < seen.unsettled ? excess : seen.unsettled);
    }
    cctv_view_table_hold(&shared->table, index,
                         cctv_view_table_held(&shared->table, index)
                             & ~(kind * CCTV_MOVING));
    return true;
}

void cctv_view_places_recover(cctv_views_t *shared, uint32_t index,
                              cctv_time_t now)
{
    size_t i;

    for (i = 0; i < KINDS; i++) {
        uint32_t held = cctv_view_table_held(&shared->table, index);

        if ((held & all_kinds[i] * CCTV_MOVING) != 0
            && !settle(shared, index, all_kinds[i])) {
            /* The next sweep tries again. */
            return;
        }
    }
    cctv_view_places_give(shared, index);
    cctv_view_table_recover(&shared->table, index, now);
}
