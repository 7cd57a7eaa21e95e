/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_loss.c
 * @brief What the keeper does with views whose Janus session is lost.
 * Layer: pure.
 */
#include "video/keeper_loss.h"

#include "video/media.h"
#include "views/view_media.h"

bool cctv_keeper_keeps(const cctv_view_t *view)
{
    return view->janus != 0 && !view->is_gone
           && (view->transport == CCTV_TRANSPORT_SERVER
               || view->transport == CCTV_TRANSPORT_WHEP);
}

void cctv_keeper_lose(cctv_views_t *shared, cctv_view_t *view)
{
    cctv_media_lost(shared, view, cctv_moment_now());
}

void cctv_keeper_lose_all(cctv_views_t *shared, uint16_t server,
                          cctv_time_t before)
{
    cctv_view_t view;
    uint32_t i;

    for (i = 0; i < shared->table.max; i++) {
        if (cctv_view_table_get(&shared->table, i, &view)
            && cctv_keeper_keeps(&view) && view.server == server
            && view.started < before) {
            cctv_keeper_lose(shared, &view);
        }
    }
}
