/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file views.c
 * @brief What happens to a view, and what is counted when it does.
 * Layer: pure.
 */
#include "views/views.h"

/* A full table is looked through for views that are over at most so often:
 * µs. With a million views that takes some milliseconds. */
#define SWEEP_PAUSE 100000

static uint32_t watched_cell(cctv_shared_t *shared, int32_t camera,
                             uint16_t country)
{
    const cctv_labels_t labels = { .kind = CCTV_SERIES_WATCHED,
                                   .camera = camera,
                                   .country = country };

    return cctv_series_cell(&shared->series, &labels);
}

static uint32_t starts_cell(cctv_shared_t *shared, const cctv_viewer_t *viewer)
{
    const cctv_labels_t labels = { .kind = CCTV_SERIES_STARTS,
                                   .camera = viewer->camera,
                                   .country = viewer->country,
                                   .browser = viewer->browser,
                                   .os = viewer->os };

    return cctv_series_cell(&shared->series, &labels);
}

static bool begin(cctv_shared_t *shared, cctv_session_t *session,
                  cctv_moment_t now)
{
    cctv_time_t swept;

    if (cctv_sessions_start(&shared->sessions, session, now.time)) {
        return true;
    }
    swept = atomic_load_explicit(&shared->head->swept, memory_order_relaxed);
    if (now.time - swept < SWEEP_PAUSE) {
        return false;
    }
    cctv_views_sweep(shared, now);
    return cctv_sessions_start(&shared->sessions, session, now.time);
}

static cctv_view_status_t refuse(cctv_shared_t *shared, cctv_refused_t reason,
                                 cctv_view_status_t status)
{
    cctv_count(&shared->head->counters.refused[reason]);
    return status;
}

/* Whether it is one too many. Counted with this one in it: of those who come
 * at the same time each sees the others, and none slips through. */
static bool is_above(const cctv_shared_t *shared, const cctv_viewer_t *viewer,
                     cctv_time_t now, cctv_refused_t *reason,
                     cctv_view_status_t *status)
{
    const cctv_sessions_t *sessions = &shared->sessions;

    if (viewer->max_per_client > 0
        && cctv_sessions_of_client(sessions, viewer->client, now)
               > viewer->max_per_client) {
        *reason = CCTV_REFUSED_CLIENT_FULL;
        *status = CCTV_VIEW_CLIENT_FULL;
        return true;
    }
    if (viewer->way == CCTV_WAY_NONE) {
        return false;
    }
    if (viewer->max_viewers > 0
        && cctv_sessions_with_video(sessions, 0, now) > viewer->max_viewers) {
        *reason = CCTV_REFUSED_VIEWERS;
        *status = CCTV_VIEW_BUSY;
        return true;
    }
    if (viewer->max_per_camera > 0
        && cctv_sessions_with_video(sessions, viewer->camera, now)
               > viewer->max_per_camera) {
        *reason = CCTV_REFUSED_CAMERA_VIEWERS;
        *status = CCTV_VIEW_CAMERA_BUSY;
        return true;
    }
    return false;
}

static void discard(cctv_shared_t *shared, uint64_t janus)
{
    if (janus != 0) {
        cctv_discard_put(&shared->discarded, janus);
    }
}

cctv_view_status_t cctv_view_start(cctv_shared_t *shared,
                                   const cctv_viewer_t *viewer,
                                   cctv_moment_t now, cctv_session_t *session)
{
    cctv_view_status_t status;
    cctv_refused_t reason;

    *session = (cctv_session_t){
        .camera = viewer->camera,
        .country = viewer->country,
        .timeout = viewer->timeout,
        .user = viewer->user,
        .role = viewer->role,
        .client = viewer->client,
        .way = viewer->way,
        .janus = viewer->janus,
        .handle = viewer->handle,
        .series = watched_cell(shared, viewer->camera, viewer->country),
    };
    if (!begin(shared, session, now)) {
        discard(shared, viewer->janus);
        return refuse(shared, CCTV_REFUSED_FULL, CCTV_VIEW_FULL);
    }
    /* One that was swept meanwhile was counted as ended, so it has started,
     * too. */
    if (is_above(shared, viewer, now.time, &reason, &status)
        && cctv_sessions_end(&shared->sessions, session, now.time)) {
        discard(shared, viewer->janus);
        return refuse(shared, reason, status);
    }
    cctv_series_add(&shared->series, starts_cell(shared, viewer), 1, now.day);
    /* The pair is shown from now on. */
    cctv_series_add(&shared->series, session->series, 0, now.day);
    return CCTV_VIEW_STARTED;
}

bool cctv_view_find(cctv_shared_t *shared, const char *id, uint64_t user,
                    cctv_moment_t now, cctv_session_t *session)
{
    while (cctv_sessions_find(&shared->sessions, id, session)) {
        if (!cctv_session_is_over(session, now.time)) {
            return session->user == 0 || session->user == user;
        }
        cctv_view_end(shared, session, CCTV_ENDED_EXPIRED, now);
    }
    return false;
}

static void add_time(cctv_shared_t *shared, const cctv_session_t *session,
                     int64_t interval, cctv_moment_t now)
{
    if (interval > 0) {
        cctv_series_add(&shared->series, session->series, (uint64_t)interval,
                        now.day);
    }
}

bool cctv_view_claim_answer(cctv_shared_t *shared,
                            const cctv_session_t *session)
{
    return cctv_sessions_claim_answer(&shared->sessions, session);
}

bool cctv_view_answer(cctv_shared_t *shared, cctv_session_t *session,
                      cctv_moment_t now)
{
    return cctv_sessions_answer(&shared->sessions, session, now.time);
}

bool cctv_view_beat(cctv_shared_t *shared, cctv_session_t *session,
                    cctv_moment_t now)
{
    cctv_time_t last = session->last;
    int64_t interval;

    /* Who talks to Janus himself does not tell us of his answer. */
    if (session->answered < 0 && session->way == CCTV_WAY_PROXY) {
        cctv_sessions_answer(&shared->sessions, session, now.time);
    }
    if (session->answered < 0) {
        return true;
    }
    if (!cctv_sessions_beat(&shared->sessions, session, now.time, &interval)) {
        return false;
    }
    if (last < session->answered) {
        interval -= session->answered - last;
    }
    add_time(shared, session, interval, now);
    return true;
}

bool cctv_view_end(cctv_shared_t *shared, const cctv_session_t *session,
                   cctv_ended_t reason, cctv_moment_t now)
{
    cctv_time_t from = session->last > session->answered ? session->last
                                                         : session->answered;

    if (!cctv_sessions_end(&shared->sessions, session, now.time)) {
        return false;
    }
    if (cctv_session_is_watched(session) && reason != CCTV_ENDED_EXPIRED
        && reason != CCTV_ENDED_GONE) {
        add_time(shared, session, now.time - from, now);
    }
    discard(shared, session->janus);
    cctv_count(&shared->head->counters.ended[reason]);
    return true;
}

void cctv_views_sweep(cctv_shared_t *shared, cctv_moment_t now)
{
    cctv_session_t session;
    uint32_t i;

    atomic_store_explicit(&shared->head->swept, now.time,
                          memory_order_relaxed);
    for (i = 0; i < shared->sessions.max; i++) {
        if (cctv_sessions_get(&shared->sessions, i, &session)) {
            if (cctv_session_is_over(&session, now.time)) {
                /* Where it changed just now, it goes on or has ended. */
                cctv_view_end(shared, &session, CCTV_ENDED_EXPIRED, now);
            }
        }
        else {
            cctv_sessions_recover(&shared->sessions, i, now.time);
        }
    }
}

uint32_t cctv_views_live(const cctv_shared_t *shared, cctv_time_t now,
                         uint32_t *cells, uint32_t *watched)
{
    cctv_session_t session;
    uint32_t count = 0;
    uint32_t shown = 0;
    uint32_t i;

    for (i = 0; i < shared->sessions.max; i++) {
        if (cctv_sessions_get(&shared->sessions, i, &session)
            && !cctv_session_is_over(&session, now)) {
            if (cells != NULL && cctv_session_is_watched(&session)) {
                cells[shown++] = session.series;
            }
            count++;
        }
    }
    if (watched != NULL) {
        *watched = shown;
    }
    return count;
}

bool cctv_views_are_full(const cctv_shared_t *shared, cctv_time_t now)
{
    cctv_session_t session;
    uint32_t i;

    for (i = 0; i < shared->sessions.max; i++) {
        if (!cctv_sessions_get(&shared->sessions, i, &session)
            || cctv_session_is_over(&session, now)) {
            return false;
        }
    }
    return true;
}
