/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file views.c
 * @brief The life of a view from its start to its end, and the counters.
 * Layer: pure.
 */
#include "views/views.h"

#include "views/view_listener.h"
#include "views/view_media.h"
#include "views/view_places.h"
#include "views/walk.h"

/* The shortest time between two sweeps, and two searches for a free slot,
 * while the table is full: µs. With a million views each takes some
 * milliseconds. */
#define FULL_PAUSE 100000

/* The shortest time between two sweeps of starts that reach a limit: µs. The
 * watchdog sweeps once a second, so this matters only for servers without
 * one. */
#define LIMIT_PAUSE 1500000

static uint32_t watched_cell(cctv_views_t *shared, int32_t camera,
                             uint16_t country)
{
    const cctv_labels_t labels = { .kind = CCTV_SERIES_WATCHED,
                                   .camera = camera,
                                   .country = country };

    return cctv_series_cell(&shared->series, &labels);
}

static void count_start(cctv_views_t *shared, const cctv_view_t *view,
                        cctv_moment_t now)
{
    const cctv_labels_t labels = { .kind = CCTV_SERIES_STARTS,
                                   .camera = view->camera,
                                   .country = view->country,
                                   .browser = view->browser,
                                   .os = view->os };

    cctv_created_add(shared->created, &shared->series,
                     cctv_series_cell(&shared->series, &labels), 1, now.day);
}

static void put_into_index(cctv_views_t *shared, const cctv_view_t *view)
{
    if (view->janus != 0) {
        cctv_view_index_put(&shared->index, &shared->table, view->janus,
                            view->index);
    }
}

/* The caller has claimed the slot. */
static void free_slot(cctv_views_t *shared, const cctv_view_t *view,
                      cctv_time_t now)
{
    cctv_view_places_give(shared, view->index);
    cctv_view_table_free(&shared->table, view, now);
    if (atomic_load(&shared->places.head->full_until) != 0) {
        atomic_store(&shared->places.head->full_until, 0);
    }
}

/* ---- Start ---- */

static cctv_view_status_t refuse(cctv_views_t *shared, cctv_refused_t reason,
                                 cctv_view_status_t status)
{
    cctv_count(&shared->head->counters.refused[reason]);
    return status;
}

/* Sweep, unless the last sweep is less than `pause` µs old.
 * @return whether there was a sweep */
static bool sweep_again(cctv_views_t *shared, cctv_moment_t now,
                        cctv_time_t pause)
{
    cctv_time_t swept = atomic_load_explicit(&shared->head->swept,
                                             memory_order_relaxed);

    if (now.time - swept < pause) {
        return false;
    }
    cctv_views_sweep(shared, now);
    return true;
}

static bool is_known_full(const cctv_views_t *shared, cctv_time_t now)
{
    cctv_time_t until = atomic_load(&shared->places.head->full_until);

    return until != 0 && now < until && until - now <= FULL_PAUSE;
}

static bool claim_slot(cctv_views_t *shared, cctv_view_t *view,
                       cctv_moment_t now)
{
    if (is_known_full(shared, now.time)) {
        return false;
    }
    if (cctv_view_table_claim(&shared->table, view, now.time)
        || (sweep_again(shared, now, FULL_PAUSE)
            && cctv_view_table_claim(&shared->table, view, now.time))) {
        return true;
    }
    atomic_store(&shared->places.head->full_until, now.time + FULL_PAUSE);
    return false;
}

static const cctv_refused_t refused_reasons[] = {
    [CCTV_VIEW_FULL] = CCTV_REFUSED_FULL,
    [CCTV_VIEW_CLIENT_FULL] = CCTV_REFUSED_CLIENT_FULL,
    [CCTV_VIEW_BUSY] = CCTV_REFUSED_VIEWERS,
    [CCTV_VIEW_CAMERA_BUSY] = CCTV_REFUSED_CAMERA_VIEWERS,
};

cctv_view_status_t cctv_view_reserve(cctv_views_t *shared,
                                     const cctv_viewer_t *viewer,
                                     cctv_moment_t now, cctv_view_t *view)
{
    cctv_view_status_t status;

    *view = (cctv_view_t){
        .camera = viewer->camera,
        .country = viewer->country,
        .timeout = viewer->timeout,
        .user = viewer->user,
        .role = viewer->role,
        /* Without a limit per client the views of a client are not counted. */
        .client = viewer->max_per_client > 0 ? viewer->client : 0,
        .transport = viewer->transport,
        .browser = viewer->browser,
        .os = viewer->os,
        .codec = viewer->codec,
        .is_second = viewer->is_second,
    };
    if (!claim_slot(shared, view, now)) {
        return refuse(shared, CCTV_REFUSED_FULL, CCTV_VIEW_FULL);
    }
    status = cctv_view_places_take(shared, view->index, viewer);
    if (status != CCTV_VIEW_STARTED && sweep_again(shared, now, LIMIT_PAUSE)) {
        status = cctv_view_places_take(shared, view->index, viewer);
    }
    if (status != CCTV_VIEW_STARTED) {
        free_slot(shared, view, now.time);
        return refuse(shared, refused_reasons[status], status);
    }
    return status;
}

bool cctv_view_publish(cctv_views_t *shared, const cctv_viewer_t *viewer,
                       cctv_moment_t now, cctv_view_t *view)
{
    view->janus = viewer->janus;
    view->handle = viewer->handle;
    view->server = viewer->server;
    view->series = watched_cell(shared, viewer->camera, viewer->country);
    if (!cctv_view_table_prepare(&shared->table, view, now.time)) {
        return false;
    }
    cctv_view_tell_start(view);
    cctv_view_table_go_live(&shared->table, view);
    put_into_index(shared, view);
    if (cctv_view_is_started(view)) {
        count_start(shared, view, now);
    }
    /* Adding 0 makes the scrape show this camera and country from now on. */
    cctv_created_add(shared->created, &shared->series, view->series, 0,
                     now.day);
    return true;
}

void cctv_view_cancel(cctv_views_t *shared, const cctv_view_t *view,
                      cctv_moment_t now)
{
    free_slot(shared, view, now.time);
}

bool cctv_view_resume(cctv_views_t *shared, cctv_view_t *view)
{
    const cctv_viewer_t viewer = { .transport = view->transport };

    if (!cctv_view_table_claim_again(&shared->table, view)) {
        return false;
    }
    /* The limits may be lower than before the restart; views go on anyway. */
    cctv_view_places_take(shared, view->index, &viewer);
    cctv_view_table_prepare_again(&shared->table, view);
    cctv_view_table_go_live(&shared->table, view);
    put_into_index(shared, view);
    return true;
}

/* ---- Heartbeats and end ---- */

bool cctv_view_find(cctv_views_t *shared, const char *id, uint64_t user,
                    cctv_moment_t now, cctv_view_t *view)
{
    while (cctv_view_table_find(&shared->table, id, view)) {
        if (!cctv_view_is_over(view, now.time)) {
            return view->user == 0 || view->user == user;
        }
        cctv_view_end(shared, view, CCTV_ENDED_EXPIRED, now);
    }
    return false;
}

bool cctv_view_claim_answer(cctv_views_t *shared, const cctv_view_t *view)
{
    return cctv_view_table_claim_answer(&shared->table, view);
}

bool cctv_view_answer(cctv_views_t *shared, cctv_view_t *view,
                      cctv_moment_t now)
{
    bool was_started = cctv_view_is_started(view);

    if (!cctv_view_table_answer(&shared->table, view, now.time)) {
        return false;
    }
    if (!was_started) {
        count_start(shared, view, now);
    }
    return true;
}

bool cctv_view_attach(cctv_views_t *shared, cctv_view_t *view, uint64_t janus,
                      uint64_t handle)
{
    if (!cctv_view_table_attach(&shared->table, view, janus, handle)) {
        return false;
    }
    put_into_index(shared, view);
    return true;
}

bool cctv_view_replace(cctv_views_t *shared, cctv_view_t *view, uint64_t janus,
                       uint64_t handle, cctv_moment_t now)
{
    uint64_t before = view->janus;

    if (!cctv_view_table_replace(&shared->table, view, janus, handle)) {
        return false;
    }
    put_into_index(shared, view);
    cctv_discard_put(&shared->discarded,
                     cctv_discard_entry(view->server, before));
    if (view->flow == CCTV_FLOW_ON) {
        cctv_view_flow(shared, view, CCTV_FLOW_QUIET, now);
    }
    return true;
}

bool cctv_view_flow(cctv_views_t *shared, cctv_view_t *view, cctv_flow_t flow,
                    cctv_moment_t now)
{
    int64_t interval;

    if (!cctv_view_table_flow(&shared->table, view, flow, now.time,
                              &interval)) {
        return false;
    }
    if (interval > 0) {
        cctv_series_add(&shared->series, view->series, (uint64_t)interval,
                        now.day);
    }
    return true;
}

/* Without video heartbeats are all that is known. With it they prove
 * only that the viewer is there; they count if Janus tells nothing. */
static bool counts_by_heartbeat(const cctv_view_t *view, cctv_time_t now)
{
    return !cctv_transport_has_video(view->transport)
           || (cctv_view_is_watched(view)
               && now - view->looked > CCTV_BEATS_BLIND);
}

bool cctv_view_beat(cctv_views_t *shared, cctv_view_t *view, cctv_moment_t now)
{
    /* A viewer of the proxy transport sends its SDP answer to Janus, not to
     * this server. */
    if (view->answered < 0 && view->transport == CCTV_TRANSPORT_PROXY) {
        cctv_view_answer(shared, view, now);
    }
    if (view->answered < 0) {
        return true;
    }
    return cctv_view_table_beat(&shared->table, view, now.time)
           && (!counts_by_heartbeat(view, now.time)
               || cctv_view_flow(shared, view, CCTV_FLOW_ON, now));
}

/* Count the time since the last proof that media flow. The caller has closed
 * the view; others may still note what they have read before. */
static void count_rest(cctv_views_t *shared, cctv_view_t *closed,
                       cctv_moment_t now)
{
    const cctv_media_t *media = &shared->table.media[closed->index];

    do {
        cctv_view_media_read(media, closed);
    } while (cctv_view_is_watched(closed)
             && !cctv_view_flow(shared, closed, CCTV_FLOW_ON, now));
}

cctv_ended_t cctv_view_reason(const cctv_view_t *view, cctv_ended_t reason)
{
    bool is_plain = reason == CCTV_ENDED_ENDED || reason == CCTV_ENDED_EXPIRED
                    || reason == CCTV_ENDED_GONE;

    if (is_plain && view->answered < 0) {
        return CCTV_ENDED_OFFERED;
    }
    return is_plain && view->flow == CCTV_FLOW_FAILED ? CCTV_ENDED_NO_MEDIA
                                                      : reason;
}

bool cctv_view_end(cctv_views_t *shared, const cctv_view_t *view,
                   cctv_ended_t reason, cctv_moment_t now)
{
    cctv_view_t closed = *view;
    cctv_ended_t counted;

    cctv_view_tell_ending(view, reason);
    if (!cctv_view_table_close(&shared->table, &closed, now.time)) {
        return false;
    }
    cctv_view_media_close(&shared->table.media[closed.index]);
    if (reason != CCTV_ENDED_EXPIRED && reason != CCTV_ENDED_GONE) {
        count_rest(shared, &closed, now);
    }
    cctv_view_media_read(&shared->table.media[closed.index], &closed);
    if (closed.janus != 0) {
        cctv_discard_put(&shared->discarded,
                         cctv_discard_entry(closed.server, closed.janus));
    }
    counted = cctv_view_reason(&closed, reason);
    if (cctv_view_is_started(&closed)) {
        cctv_count(&shared->head->counters.ended[counted]);
    }
    if (cctv_view_tell_end(&closed, counted,
                           reason == CCTV_ENDED_EXPIRED
                               ? cctv_view_over_at(view)
                               : now.time)) {
        free_slot(shared, &closed, now.time);
    }
    else {
        cctv_view_places_give(shared, closed.index);
        cctv_view_table_leave(&shared->table, &closed);
    }
    return true;
}
