/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_views.c
 * @brief A task of the keeper: keep the Janus sessions of views alive, and end
 *        views whose video has ended.
 * Layer: pure.
 */
#include "video/keeper_views.h"

#include "janus/mountpoint_id.h"
#include "video/keeper_loss.h"
#include "video/keeper_media.h"

#include <stdlib.h>

/* The time between two walks over the slots is WALK, or WALK_SHARE times as
 * long as a walk takes if that is longer: µs. */
#define WALK       500000
#define WALK_SHARE 50

/* The time between two keepalives of a Janus session: µs. Janus ends it after
 * 30 s without one. */
#define KEEPALIVE 4500000

/* The pause after Janus did not answer the call for a view: µs. */
#define RETRY 1000000

bool cctv_keeper_views_init(cctv_keeper_views_t *views, cctv_keeper_t *keeper)
{
    uint32_t max = keeper->shared->table.max;

    *views = (cctv_keeper_views_t){
        .keeper = keeper,
        .memory = calloc(max, sizeof views->memory[0]),
        .queue = calloc(max, sizeof views->queue[0]),
    };
    pthread_mutex_init(&views->mutex, NULL);
    return views->memory != NULL && views->queue != NULL;
}

void cctv_keeper_views_free(cctv_keeper_views_t *views)
{
    free(views->memory);
    free(views->queue);
    cctv_watched_free(&views->watched[0]);
    cctv_watched_free(&views->watched[1]);
    pthread_mutex_destroy(&views->mutex);
}

void cctv_keeper_views_all_due(cctv_keeper_views_t *views)
{
    atomic_store(&views->is_all_due, true);
}

bool cctv_keeper_views_watched(cctv_keeper_views_t *views,
                               cctv_watched_t *watched)
{
    bool is_known;

    pthread_mutex_lock(&views->mutex);
    is_known = views->walk_due != 0
               && cctv_watched_copy(watched, &views->watched[views->current]);
    pthread_mutex_unlock(&views->mutex);
    if (is_known) {
        cctv_watched_sort(watched);
    }
    return is_known;
}

bool cctv_keeper_views_last_start(cctv_keeper_views_t *views,
                                  cctv_time_t *last_start)
{
    bool is_known;

    pthread_mutex_lock(&views->mutex);
    is_known = views->walk_due != 0;
    *last_start = views->last_start;
    pthread_mutex_unlock(&views->mutex);
    return is_known;
}

/* ---- The walk ---- */

static bool views_is_due(cctv_keeper_views_t *views, const cctv_view_t *view,
                         cctv_time_t now, bool is_all_due)
{
    cctv_keeper_memory_t *memory = &views->memory[view->index];
    /* For WHEP viewers the keeper supplies the heartbeat. */
    cctv_time_t timeout = (cctv_time_t)view->timeout * 1000;
    cctv_time_t pause = timeout / 3 < KEEPALIVE ? timeout / 3 : KEEPALIVE;

    if (memory->janus != view->janus) {
        memory->janus = view->janus;
        memory->due = view->started + pause;
    }
    if (memory->is_queued || (now < memory->due && !is_all_due)) {
        return false;
    }
    memory->due = now + pause;
    return true;
}

static void views_queue(cctv_keeper_views_t *views, uint32_t index)
{
    uint32_t max = views->keeper->shared->table.max;

    views->memory[index].is_queued = true;
    views->queue[(views->first + views->count) % max] = index;
    views->count++;
}

static void views_visit(cctv_keeper_views_t *views, const cctv_view_t *view,
                        cctv_time_t now, bool is_all_due)
{
    if (view->transport != CCTV_TRANSPORT_NONE) {
        cctv_watched_add(&views->watched[!views->current],
                         cctv_mountpoint_id(view->camera, view->is_second),
                         view->role);
    }
    if (view->started > views->last_start) {
        views->last_start = view->started;
    }
    if (cctv_keeper_keeps(view)
        && views_is_due(views, view, now, is_all_due)) {
        views_queue(views, view->index);
    }
}

static void views_walk(cctv_keeper_views_t *views, cctv_time_t now)
{
    const cctv_view_table_t *table = &views->keeper->shared->table;
    bool is_all_due = atomic_exchange(&views->is_all_due, false);
    cctv_view_t view;
    cctv_time_t took;
    uint32_t i;

    cctv_watched_clear(&views->watched[!views->current]);
    for (i = 0; i < table->max; i++) {
        if (cctv_view_table_get(table, i, &view)
            && !cctv_view_is_over(&view, now)) {
            views_visit(views, &view, now, is_all_due);
        }
    }
    views->current = !views->current;
    took = cctv_now() - now;
    views->walk_due = now
                      + (took * WALK_SHARE > WALK ? took * WALK_SHARE : WALK);
}

/* ---- One view ---- */

/* Take the next view from the queue.
 * @param pause  gets the time until the next walk: µs
 * @return false: the queue is empty, or Janus does not answer */
static bool views_take(cctv_keeper_views_t *views, uint32_t *index,
                       int64_t *pause)
{
    uint32_t max = views->keeper->shared->table.max;
    cctv_time_t now = cctv_now();
    bool is_taken;

    pthread_mutex_lock(&views->mutex);
    if (now >= views->walk_due || atomic_load(&views->is_all_due)) {
        views_walk(views, now);
    }
    is_taken = views->count > 0 && !cctv_keeper_is_down(views->keeper);
    if (is_taken) {
        *index = views->queue[views->first];
        views->first = (views->first + 1) % max;
        views->count--;
    }
    *pause = views->walk_due > now ? views->walk_due - now : WALK;
    pthread_mutex_unlock(&views->mutex);
    return is_taken;
}

/* Let later walks queue a view again.
 * @param has_answered  whether Janus has answered; if not, the view is due
 *                      again after RETRY */
static void views_give_back(cctv_keeper_views_t *views, uint32_t index,
                            bool has_answered)
{
    cctv_keeper_memory_t *memory = &views->memory[index];

    pthread_mutex_lock(&views->mutex);
    memory->is_queued = false;
    if (!has_answered) {
        memory->due = cctv_now() + RETRY;
    }
    pthread_mutex_unlock(&views->mutex);
}

/* @return whether Janus has answered */
static bool views_keep_alive(cctv_keeper_views_t *views, cctv_view_t *view)
{
    cctv_keeper_t *keeper = views->keeper;
    cctv_time_t started = cctv_now();
    cctv_janus_session_t session;
    cctv_janus_status_t status;

    if (!cctv_keeper_begin(keeper, CCTV_KEEPER_LIMIT, &session)) {
        return false;
    }
    session.id = view->janus;
    status = cctv_janus_keepalive(&session);
    if (status == CCTV_JANUS_OK) {
        status = cctv_keeper_media(views, &session, view);
    }
    if (cctv_janus_has_forgotten(&session, status)) {
        cctv_keeper_lose(keeper->shared, view);
    }
    return cctv_keeper_end(keeper, &session, status, started);
}

int64_t cctv_keeper_views(void *views_)
{
    cctv_keeper_views_t *views = views_;
    cctv_view_t view;
    uint32_t index;
    int64_t pause;
    bool has_answered = true;

    if (!views_take(views, &index, &pause)) {
        return pause;
    }
    /* The view may have ended while it was in the queue. */
    if (cctv_view_table_get(&views->keeper->shared->table, index, &view)
        && cctv_keeper_keeps(&view)) {
        has_answered = views_keep_alive(views, &view);
    }
    views_give_back(views, index, has_answered);
    return 0;
}
