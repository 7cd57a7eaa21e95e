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

cctv_view_status_t cctv_view_start(cctv_shared_t *shared,
                                   const cctv_viewer_t *viewer,
                                   cctv_moment_t now, cctv_session_t *session)
{
    *session = (cctv_session_t){
        .camera = viewer->camera,
        .country = viewer->country,
        .timeout = viewer->timeout,
        .user = viewer->user,
        .role = viewer->role,
        .client = viewer->client,
        .series = watched_cell(shared, viewer->camera, viewer->country),
    };
    if (!begin(shared, session, now)) {
        return refuse(shared, CCTV_REFUSED_FULL, CCTV_VIEW_FULL);
    }
    /* Counted with this one in it: of those who come at the same time each
     * sees the others, and none slips through. One that was swept meanwhile
     * was counted as ended, so it has started, too. */
    if (viewer->max_per_client > 0
        && cctv_sessions_of_client(&shared->sessions, viewer->client, now.time)
               > viewer->max_per_client
        && cctv_sessions_end(&shared->sessions, session, now.time)) {
        return refuse(shared, CCTV_REFUSED_CLIENT_FULL, CCTV_VIEW_CLIENT_FULL);
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

bool cctv_view_beat(cctv_shared_t *shared, cctv_session_t *session,
                    cctv_moment_t now)
{
    int64_t interval;

    if (!cctv_sessions_beat(&shared->sessions, session, now.time, &interval)) {
        return false;
    }
    cctv_series_add(&shared->series, session->series, (uint64_t)interval,
                    now.day);
    return true;
}

bool cctv_view_end(cctv_shared_t *shared, const cctv_session_t *session,
                   cctv_ended_t reason, cctv_moment_t now)
{
    int64_t interval = now.time - session->last;

    if (!cctv_sessions_end(&shared->sessions, session, now.time)) {
        return false;
    }
    if (reason != CCTV_ENDED_EXPIRED && interval > 0) {
        cctv_series_add(&shared->series, session->series, (uint64_t)interval,
                        now.day);
    }
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
                         uint32_t *cells)
{
    cctv_session_t session;
    uint32_t count = 0;
    uint32_t i;

    for (i = 0; i < shared->sessions.max; i++) {
        if (cctv_sessions_get(&shared->sessions, i, &session)
            && !cctv_session_is_over(&session, now)) {
            if (cells != NULL) {
                cells[count] = session.series;
            }
            count++;
        }
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
