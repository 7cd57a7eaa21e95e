/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_views.c
 * @brief A task of the keeper: keep the Janus sessions of views alive, and ask
 *        how the media of views are that no event told about.
 * Layer: pure.
 */
#include "video/keeper_views.h"

#include "janus/mountpoint_id.h"
#include "video/keeper_loss.h"
#include "video/keeper_media.h"
#include "video/media.h"

#include <stdlib.h>

/* A view is due in the first walk at least this long after it was due before:
 * µs. With a walk a second its Janus session gets a keepalive about every 5 s.
 * Janus ends it after 30 s without one. */
#define KEEPALIVE 4000000

/* The time between two looks at an empty queue: µs. */
#define IDLE 250000

/* The pause after Janus did not answer the call for a view: µs. */
#define RETRY 1000000

/* The shortest time between two questions about a view: µs. */
#define ASK 300000

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
    is_known = views->has_walked
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
    is_known = views->has_walked;
    *last_start = views->last_start;
    pthread_mutex_unlock(&views->mutex);
    return is_known;
}

/* ---- The visitor ---- */

/* @return whether anything has to be done for a view */
static bool views_is_due(cctv_keeper_views_t *views, const cctv_view_t *view,
                         cctv_time_t now)
{
    cctv_keeper_memory_t *memory = &views->memory[view->index];
    cctv_time_t timeout = (cctv_time_t)view->timeout * 1000;
    cctv_time_t pause = timeout / 3 < KEEPALIVE ? timeout / 3 : KEEPALIVE;

    if (memory->janus != view->janus) {
        memory->janus = view->janus;
        memory->due = view->started + pause;
        memory->ask_due = 0;
    }
    if (memory->is_queued) {
        return false;
    }
    memory->is_due = cctv_keeper_keeps(view)
                     && (now >= memory->due || views->is_visit_all_due);
    memory->is_asked = now >= memory->ask_due
                       && cctv_media_is_due(view, &views->means, now);
    if (memory->is_due) {
        memory->due = now + pause;
    }
    if (memory->is_asked) {
        memory->ask_due = now + ASK;
    }
    return memory->is_due || memory->is_asked;
}

static void views_queue(cctv_keeper_views_t *views, uint32_t index)
{
    uint32_t max = views->keeper->shared->table.max;

    views->memory[index].is_queued = true;
    views->queue[(views->first + views->count) % max] = index;
    views->count++;
}

void cctv_keeper_views_begin(cctv_keeper_views_t *views, cctv_time_t now)
{
    const cctv_janus_server_t *server = views->keeper->server;

    pthread_mutex_lock(&views->mutex);
    views->is_visit_all_due = atomic_exchange(&views->is_all_due, false);
    views->means = (cctv_media_means_t){
        .has_admin = server->has_admin,
        .is_admin_lost = atomic_load(&views->is_admin_lost),
        .has_events = cctv_janus_region_has_events(server->region, now),
        .had_events = atomic_load(&server->region->events_at) != 0
    };
    cctv_watched_clear(&views->watched[!views->current]);
}

void cctv_keeper_views_visit(cctv_keeper_views_t *views,
                             const cctv_view_t *view, cctv_time_t now)
{
    cctv_view_t seen = *view;

    if (!cctv_transport_has_video(view->transport)) {
        return;
    }
    cctv_watched_add(&views->watched[!views->current],
                     cctv_mountpoint_id(view->camera, view->is_second),
                     view->role);
    if (view->started > views->last_start) {
        views->last_start = view->started;
    }
    if (views_is_due(views, view, now)) {
        views_queue(views, view->index);
    }
    cctv_media_check(views->keeper->shared, &seen, &views->means,
                     (cctv_moment_t){ .time = now, .day = cctv_today() });
}

void cctv_keeper_views_end(cctv_keeper_views_t *views)
{
    views->current = !views->current;
    views->has_walked = true;
    pthread_mutex_unlock(&views->mutex);
}

/* ---- One view ---- */

/* Take the next view from the queue.
 * @return false: the queue is empty, or Janus does not answer */
static bool views_take(cctv_keeper_views_t *views, uint32_t *index)
{
    uint32_t max = views->keeper->shared->table.max;
    bool is_taken;

    pthread_mutex_lock(&views->mutex);
    is_taken = views->count > 0 && !cctv_keeper_is_down(views->keeper);
    if (is_taken) {
        *index = views->queue[views->first];
        views->first = (views->first + 1) % max;
        views->count--;
    }
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
        memory->due = memory->ask_due = cctv_now() + RETRY;
    }
    pthread_mutex_unlock(&views->mutex);
}

/* @return whether Janus has answered */
static bool views_look_after(cctv_keeper_views_t *views, cctv_view_t *view)
{
    const cctv_keeper_memory_t *memory = &views->memory[view->index];
    cctv_keeper_t *keeper = views->keeper;
    cctv_time_t started = cctv_now();
    bool is_kept = memory->is_due && cctv_keeper_keeps(view);
    cctv_janus_status_t status = CCTV_JANUS_OK;
    cctv_janus_status_t asked = CCTV_JANUS_OK;
    cctv_janus_session_t session;

    if (!cctv_keeper_begin(keeper, CCTV_KEEPER_LIMIT, &session)) {
        return false;
    }
    session.id = view->janus;
    if (is_kept) {
        status = cctv_janus_keepalive(&session);
    }
    if (status == CCTV_JANUS_OK && memory->is_asked) {
        asked = cctv_keeper_media(views, &session, view);
    }
    if (cctv_janus_has_forgotten(&session, status)
        || cctv_janus_has_forgotten(&session, asked)) {
        cctv_keeper_lose(keeper->shared, view);
    }
    /* That the admin API does not answer says nothing about Janus's own
     * API. */
    if (is_kept || cctv_janus_has_answered(asked)) {
        return cctv_keeper_end(keeper, &session, status, started);
    }
    cctv_janus_end(&session);
    return false;
}

int64_t cctv_keeper_views(void *views_)
{
    cctv_keeper_views_t *views = views_;
    cctv_view_t view;
    uint32_t index;
    bool has_answered = true;

    if (!views_take(views, &index)) {
        return IDLE;
    }
    /* The view may have ended while it was in the queue. */
    if (cctv_view_table_get(&views->keeper->shared->table, index, &view)
        && view.janus != 0 && view.janus == views->memory[index].janus) {
        has_answered = views_look_after(views, &view);
    }
    views_give_back(views, index, has_answered);
    return 0;
}
