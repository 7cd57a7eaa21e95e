/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_sessions.c
 * @brief Compares the views with the list of all Janus sessions, in case the
 *        event that one has ended was lost.
 * Layer: pure.
 */
#include "video/keeper_sessions.h"

#include "video/media.h"
#include "views/view_media.h"

#include <stdlib.h>

/* The time between two lists: µs. */
#define LIST 4000000

/* The time limit of a list, which may have thousands of Janus sessions: µs. */
#define LIST_LIMIT 5000000

/* The ids of the list, sorted. */
typedef struct {
    uint64_t *at;
    size_t count;
} ids_t;

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

static int compare(const void *a_, const void *b_)
{
    const uint64_t *a = a_;
    const uint64_t *b = b_;

    return (*a > *b) - (*a < *b);
}

/* @return false: out of memory */
static bool ids_read(const json_t *list, ids_t *ids)
{
    const json_t *each;
    size_t i;

    ids->count = 0;
    ids->at = malloc((json_array_size(list) + 1) * sizeof ids->at[0]);
    if (ids->at == NULL) {
        return false;
    }
    json_array_foreach(list, i, each)
    {
        ids->at[ids->count++] = (uint64_t)json_integer_value(each);
    }
    qsort(ids->at, ids->count, sizeof ids->at[0], compare);
    return true;
}

/* A Janus session of the proxy transport may have come to the view since the
 * list was made, so it counts as lost only if the next list does not have it
 * either. */
static bool is_lost(cctv_keeper_sessions_t *sessions, const cctv_view_t *view,
                    const ids_t *ids, cctv_time_t asked)
{
    uint64_t *missed = &sessions->missed[view->index];
    bool was_missed = *missed == view->janus;

    *missed = 0;
    if (view->janus == 0 || view->started >= asked
        || bsearch(&view->janus, ids->at, ids->count, sizeof ids->at[0],
                   compare)
               != NULL) {
        return false;
    }
    *missed = view->janus;
    return was_missed || view->transport != CCTV_TRANSPORT_PROXY;
}

static void sessions_compare(cctv_keeper_sessions_t *sessions,
                             const ids_t *ids, cctv_time_t asked)
{
    cctv_views_t *shared = sessions->keeper->shared;
    const cctv_moment_t now = { .time = cctv_now(), .day = cctv_today() };
    cctv_view_t view;
    uint32_t i;

    for (i = 0; i < shared->table.max; i++) {
        if (cctv_view_table_get(&shared->table, i, &view)
            && is_lost(sessions, &view, ids, asked)) {
            cctv_media_lost(shared, &view, now);
        }
    }
}

static bool has_views(const cctv_view_table_t *table)
{
    cctv_view_t view;
    uint32_t i;

    for (i = 0; i < table->max; i++) {
        if (cctv_view_table_get(table, i, &view) && view.janus != 0) {
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
    json_t *list;
    ids_t ids;

    if (asked < sessions->due || !keeper->server->has_admin
        || !has_views(&keeper->shared->table)) {
        return;
    }
    sessions->due = asked + LIST;
    if (!cctv_keeper_begin(keeper, LIST_LIMIT, &session)) {
        return;
    }
    /* A failure of the admin API says nothing about Janus's own API. */
    if (cctv_janus_list_sessions(&session, &list) == CCTV_JANUS_OK) {
        if (json_is_array(list) && ids_read(list, &ids)) {
            sessions_compare(sessions, &ids, asked);
            free(ids.at);
        }
        json_decref(list);
    }
    cctv_janus_end(&session);
}
