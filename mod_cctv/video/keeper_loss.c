/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_loss.c
 * @brief What the keeper does with views whose Janus session is lost.
 * Layer: pure.
 */
#include "video/keeper_loss.h"

#include "views/view_media.h"

static void loss_end(cctv_views_t *shared, const cctv_view_t *view)
{
    cctv_moment_t now = { .time = cctv_now(), .day = cctv_today() };

    cctv_view_end(shared, view, CCTV_ENDED_GONE, now);
}

bool cctv_keeper_keeps(const cctv_view_t *view)
{
    return view->janus != 0 && !view->is_gone
           && (view->transport == CCTV_TRANSPORT_SERVER
               || view->transport == CCTV_TRANSPORT_WHEP);
}

void cctv_keeper_lose(cctv_views_t *shared, cctv_view_t *view)
{
    cctv_view_table_lose(&shared->table, view);
    if (view->transport == CCTV_TRANSPORT_WHEP) {
        loss_end(shared, view);
    }
}

void cctv_keeper_lose_all(cctv_views_t *shared, cctv_time_t before)
{
    cctv_view_t view;
    uint32_t i;

    for (i = 0; i < shared->table.max; i++) {
        if (cctv_view_table_get(&shared->table, i, &view)
            && cctv_keeper_keeps(&view) && view.started < before) {
            cctv_keeper_lose(shared, &view);
        }
    }
}
