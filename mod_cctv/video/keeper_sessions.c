/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_sessions.c
 * @brief Compares the views with the list of all Janus sessions, in case the
 *        event that one has ended was lost.
 * Layer: pure.
 */
#include "video/keeper_sessions.h"

#include "janus/session_ids.h"
#include "video/media.h"
#include "views/view_media.h"

#include <stdlib.h>

/* The time between two lists: µs. */
#define LIST 4000000

/* The time limit of a list, which may have thousands of Janus sessions: µs. */
#define LIST_LIMIT 5000000

bool cctv_keeper_sessions_init(cctv_keeper_sessions_t *sessions,
                               cctv_keeper_t *keeper)
{
    *sessions = (cctv_keeper_sessions_t){
        .keeper = keeper,
        .missed = calloc(keeper->shared->table.max, sizeof(uint64_t)),
    };
    return sessions->missed != NULL;
}

void cctv_keeper_sessions_free(cctv_keeper_sessions_t *sessions)
{
    free(sessions->missed);
}

/* A Janus session of the proxy transport may have come to the view since the
 * list was made, so it counts as lost only if the next list does not have it
 * either. */
static bool is_lost(cctv_keeper_sessions_t *sessions, const cctv_view_t *view,
                    const cctv_session_ids_t *ids, cctv_time_t asked)
{
    uint64_t *missed = &sessions->missed[view->index];
    bool was_missed = *missed == view->janus;

    *missed = 0;
    if (view->janus == 0 || view->started >= asked
        || cctv_session_ids_have(ids, view->janus)) {
        return false;
    }
    *missed = view->janus;
    return was_missed || view->transport != CCTV_TRANSPORT_PROXY;
}

static void sessions_compare(cctv_keeper_sessions_t *sessions,
                             const cctv_session_ids_t *ids, cctv_time_t asked)
{
    cctv_views_t *shared = sessions->keeper->shared;
    const cctv_moment_t now = cctv_moment_now();
    cctv_view_t view;
    uint32_t i;

    for (i = cctv_view_table_next(&shared->table, 0); i < shared->table.max;
         i = cctv_view_table_next(&shared->table, i + 1)) {
        if (cctv_view_table_get(&shared->table, i, &view)
            && cctv_keeper_has(sessions->keeper, &view)
            && is_lost(sessions, &view, ids, asked)) {
            cctv_media_lost(shared, &view, now);
        }
    }
}

static bool has_views(const cctv_keeper_t *keeper)
{
    const cctv_view_table_t *table = &keeper->shared->table;
    cctv_view_t view;
    uint32_t i;

    for (i = cctv_view_table_next(table, 0); i < table->max;
         i = cctv_view_table_next(table, i + 1)) {
        if (cctv_view_table_get(table, i, &view) && view.janus != 0
            && cctv_keeper_has(keeper, &view)) {
            return true;
        }
    }
    return false;
}

void cctv_keeper_sessions(cctv_keeper_sessions_t *sessions)
{
    cctv_keeper_t *keeper = sessions->keeper;
    cctv_time_t asked = cctv_now();
    cctv_janus_session_t session;
    cctv_session_ids_t ids;

    if (asked < sessions->due || !keeper->server->has_admin
        || !has_views(keeper)) {
        return;
    }
    sessions->due = asked + LIST;
    if (!cctv_keeper_begin(keeper, LIST_LIMIT, &session)) {
        return;
    }
    /* A failure of the admin API says nothing about Janus's own API. */
    if (cctv_session_ids_list(&session, &ids)) {
        sessions_compare(sessions, &ids, asked);
        cctv_session_ids_free(&ids);
    }
    cctv_janus_end(&session);
}
