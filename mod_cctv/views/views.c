/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file views.c
 * @brief The life of a view from its start to its end, and the counters.
 * Layer: pure.
 */
#include "views/views.h"

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

static uint32_t starts_cell(cctv_views_t *shared, const cctv_viewer_t *viewer)
{
    const cctv_labels_t labels = { .kind = CCTV_SERIES_STARTS,
                                   .camera = viewer->camera,
                                   .country = viewer->country,
                                   .browser = viewer->browser,
                                   .os = viewer->os };

    return cctv_series_cell(&shared->series, &labels);
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
    view->series = watched_cell(shared, viewer->camera, viewer->country);
    if (!cctv_view_table_publish(&shared->table, view, now.time)) {
        return false;
    }
    cctv_series_add(&shared->series, starts_cell(shared, viewer), 1, now.day);
    /* Adding 0 makes the scrape show this camera and country from now on. */
    cctv_series_add(&shared->series, view->series, 0, now.day);
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
    cctv_view_table_publish_again(&shared->table, view);
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

static void add_time(cctv_views_t *shared, const cctv_view_t *view,
                     int64_t interval, cctv_moment_t now)
{
    if (interval > 0) {
        cctv_series_add(&shared->series, view->series, (uint64_t)interval,
                        now.day);
    }
}

bool cctv_view_claim_answer(cctv_views_t *shared, const cctv_view_t *view)
{
    return cctv_view_table_claim_answer(&shared->table, view);
}

bool cctv_view_answer(cctv_views_t *shared, cctv_view_t *view,
                      cctv_moment_t now)
{
    return cctv_view_table_answer(&shared->table, view, now.time);
}

bool cctv_view_beat(cctv_views_t *shared, cctv_view_t *view, cctv_moment_t now)
{
    cctv_time_t last = view->last;
    int64_t interval;

    /* A viewer of the proxy transport sends its SDP answer to Janus, not to
     * this server. So the view plays from its first heartbeat on. */
    if (view->answered < 0 && view->transport == CCTV_TRANSPORT_PROXY) {
        cctv_view_table_answer(&shared->table, view, now.time);
    }
    if (view->answered < 0) {
        return true;
    }
    if (!cctv_view_table_beat(&shared->table, view, now.time, &interval)) {
        return false;
    }
    if (last < view->answered) {
        interval -= view->answered - last;
    }
    add_time(shared, view, interval, now);
    return true;
}

bool cctv_view_end(cctv_views_t *shared, const cctv_view_t *view,
                   cctv_ended_t reason, cctv_moment_t now)
{
    cctv_view_t closed = *view;
    cctv_time_t from = view->last > view->answered ? view->last
                                                   : view->answered;

    if (!cctv_view_table_close(&shared->table, &closed, now.time)) {
        return false;
    }
    if (cctv_view_is_watched(view) && reason != CCTV_ENDED_EXPIRED
        && reason != CCTV_ENDED_GONE) {
        add_time(shared, view, now.time - from, now);
    }
    if (view->janus != 0) {
        cctv_discard_put(&shared->discarded, view->janus);
    }
    cctv_count(&shared->head->counters.ended[reason]);
    free_slot(shared, &closed, now.time);
    return true;
}
