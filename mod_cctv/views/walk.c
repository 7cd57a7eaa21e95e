/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file walk.c
 * @brief The walk over all slots of the table of views.
 * Layer: pure.
 */
#include "views/walk.h"

#include "views/view_listener.h"
#include "views/view_places.h"

typedef struct {
    cctv_views_t *shared;
    cctv_moment_t now;
    /* Those that take part in this walk. */
    const cctv_view_visitor_t *visitors[CCTV_VISITORS_MAX];
    size_t count;
    bool has_abandoned;
} walk_t;

/* The end of a view must be told even if the process that ended it was
 * killed.
 * @return false: it cannot be told now, and neither can others */
static bool recover_view(cctv_views_t *shared, uint32_t index)
{
    cctv_view_t view;

    cctv_view_table_get_abandoned(&shared->table, index, &view);
    return cctv_view_tell_abandoned(&view);
}

/* Give back the slots and places that are abandoned, unless another process is
 * doing so. */
static void recover_all(cctv_views_t *shared, cctv_time_t now)
{
    cctv_single_t *keeper = &shared->places.head->keeper;
    const cctv_view_table_t *table = &shared->table;
    uint64_t ticket;
    uint32_t i;

    if (!cctv_single_enter(keeper, now, &ticket)) {
        return;
    }
    for (i = cctv_view_table_next(table, 0); i < table->max;
         i = cctv_view_table_next(table, i + 1)) {
        if (cctv_view_table_is_abandoned(table, i)) {
            if (!recover_view(shared, i)) {
                break;
            }
            cctv_view_places_recover(shared, i, now);
        }
    }
    cctv_places_tidy(&shared->places);
    cctv_single_leave(keeper, ticket);
}

static void walk_begin(walk_t *walk,
                       const cctv_view_visitor_t *const *visitors,
                       size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (visitors[i]->begin == NULL
            || visitors[i]->begin(visitors[i]->context, walk->now.time)) {
            walk->visitors[walk->count++] = visitors[i];
        }
    }
}

static void walk_end(const walk_t *walk)
{
    size_t i;

    for (i = 0; i < walk->count; i++) {
        if (walk->visitors[i]->end != NULL) {
            walk->visitors[i]->end(walk->visitors[i]->context, walk->now.time);
        }
    }
}

static void walk_view(walk_t *walk, const cctv_view_t *view)
{
    size_t i;

    if (cctv_view_is_over(view, walk->now.time)) {
        /* This fails if the view has had a heartbeat or has ended just now. */
        cctv_view_end(walk->shared, view, CCTV_ENDED_EXPIRED, walk->now);
        return;
    }
    for (i = 0; i < walk->count; i++) {
        walk->visitors[i]->visit(walk->visitors[i]->context, view,
                                 walk->now.time);
    }
}

static void walk_slots(walk_t *walk)
{
    const cctv_view_table_t *table = &walk->shared->table;
    cctv_view_t view;
    uint32_t i;

    for (i = cctv_view_table_next(table, 0); i < table->max;
         i = cctv_view_table_next(table, i + 1)) {
        if (cctv_view_table_get(table, i, &view)) {
            walk_view(walk, &view);
        }
        else if (!walk->has_abandoned) {
            walk->has_abandoned = cctv_view_table_is_abandoned(table, i);
        }
    }
}

void cctv_views_walk(cctv_views_t *shared, cctv_moment_t now,
                     const cctv_view_visitor_t *const *visitors, size_t count)
{
    walk_t walk = { .shared = shared, .now = now };

    atomic_store_explicit(&shared->head->swept, now.time,
                          memory_order_relaxed);
    walk_begin(&walk, visitors, count);
    walk_slots(&walk);
    walk_end(&walk);
    if (walk.has_abandoned) {
        recover_all(shared, now.time);
    }
}

void cctv_views_sweep(cctv_views_t *shared, cctv_moment_t now)
{
    cctv_views_walk(shared, now, NULL, 0);
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
