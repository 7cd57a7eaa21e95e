/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file walk.c
 * @brief Walks over all slots of the table of views.
 * Layer: pure.
 */
#include "views/walk.h"

#include "views/view_media.h"
#include "views/view_places.h"

/* Give back the slots and places of dead processes, unless another process is
 * doing so. */
static void recover_all(cctv_views_t *shared, cctv_time_t now)
{
    cctv_single_t *keeper = &shared->places.head->keeper;
    uint64_t ticket;
    uint32_t i;

    if (!cctv_single_enter(keeper, now, &ticket)) {
        return;
    }
    for (i = 0; i < shared->table.max; i++) {
        if (cctv_view_table_is_abandoned(&shared->table, i)) {
            cctv_view_places_recover(shared, i, now);
        }
    }
    cctv_places_tidy(&shared->places);
    cctv_single_leave(keeper, ticket);
}

void cctv_views_sweep(cctv_views_t *shared, cctv_moment_t now)
{
    cctv_view_t view;
    bool has_abandoned = false;
    uint32_t i;

    atomic_store_explicit(&shared->head->swept, now.time,
                          memory_order_relaxed);
    for (i = 0; i < shared->table.max; i++) {
        if (cctv_view_table_get(&shared->table, i, &view)) {
            if (cctv_view_is_over(&view, now.time)) {
                /* This fails if the view has had a heartbeat or has ended
                 * just now. */
                cctv_view_end(shared, &view, CCTV_ENDED_EXPIRED, now);
            }
        }
        else {
            has_abandoned = has_abandoned
                            || cctv_view_table_is_abandoned(&shared->table, i);
        }
    }
    if (has_abandoned) {
        recover_all(shared, now.time);
    }
}

uint32_t cctv_views_live(const cctv_views_t *shared, cctv_time_t now,
                         uint32_t *cells, uint32_t *watched)
{
    cctv_view_t view;
    uint32_t count = 0;
    uint32_t shown = 0;
    uint32_t i;

    for (i = 0; i < shared->table.max; i++) {
        if (cctv_view_table_get(&shared->table, i, &view)
            && !cctv_view_is_over(&view, now)) {
            if (cells != NULL && cctv_view_is_watched(&view)) {
                cells[shown++] = view.series;
            }
            count += cctv_view_is_started(&view);
        }
    }
    if (watched != NULL) {
        *watched = shown;
    }
    return count;
}

bool cctv_views_are_full(const cctv_views_t *shared, cctv_time_t now)
{
    cctv_view_t view;
    uint32_t i;

    for (i = 0; i < shared->table.max; i++) {
        if (!cctv_view_table_get(&shared->table, i, &view)
            || cctv_view_is_over(&view, now)) {
            return false;
        }
    }
    return true;
}
