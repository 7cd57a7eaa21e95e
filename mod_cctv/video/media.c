/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file media.c
 * @brief What happens to a view when Janus tells how its media are.
 * Layer: pure.
 */
#include "video/media.h"

#include "video/feedback.h"
#include "views/view_media.h"

/* The admin API is asked about a view that nothing was told about for this
 * long: µs. With a walk a second that is every 4 s at most. */
#define OLD 3300000

/* While events come in, they are given this long to tell that a connection is
 * up: µs. */
#define EVENTS_FIRST 3000000

/* If nothing tells, the first questions are this far apart at least: µs. */
#define SOON 400000

/* A connection that was not up at the last look has failed only if that look is
 * not older than this: µs. */
#define FRESH 8000000

/* Read a view again that another process has changed.
 * @return false: it has ended */
static bool media_reload(const cctv_views_t *shared, cctv_view_t *view)
{
    cctv_view_t found;

    if (!cctv_view_table_get(&shared->table, view->index, &found)
        || found.secret[0] != view->secret[0]
        || found.secret[1] != view->secret[1]) {
        return false;
    }
    *view = found;
    return true;
}

/* @param from  the states that are left, as bits
 * @return whether this call has set it */
static bool media_set(cctv_views_t *shared, cctv_view_t *view, unsigned from,
                      cctv_flow_t to, cctv_moment_t at)
{
    while ((from >> view->flow & 1) != 0 && !view->is_gone) {
        if (cctv_view_flow(shared, view, to, at)) {
            return true;
        }
        if (!media_reload(shared, view)) {
            return false;
        }
    }
    return false;
}

#define IN(flow) (1U << CCTV_FLOW_##flow)

static void media_begin(cctv_views_t *shared, cctv_view_t *view,
                        cctv_time_t since, cctv_moment_t at)
{
    cctv_time_t began = since > 0 && since < at.time ? since : at.time;

    at.time = began > view->started ? began : view->started;
    media_set(shared, view, IN(NONE), CCTV_FLOW_ON, at);
}

void cctv_media_up(cctv_views_t *shared, cctv_view_t *view, cctv_moment_t at)
{
    media_begin(shared, view, 0, at);
    /* This is another connection of the Janus session, unless the event is
     * older than the end of the last one. */
    if (at.time > view->proven) {
        media_set(shared, view, IN(QUIET), CCTV_FLOW_ON, at);
    }
}

/* The viewer has gone between its last report and the one that would have come
 * next. Half of that time is counted, so that the sums over many viewers are
 * right. */
static void media_quiet(cctv_views_t *shared, cctv_view_t *view,
                        cctv_moment_t at)
{
    cctv_moment_t middle = at;

    middle.time = view->proven + cctv_feedback_interval(view->feedback) / 2;
    if (middle.time < at.time) {
        media_set(shared, view, IN(ON), CCTV_FLOW_ON, middle);
    }
    if (media_set(shared, view, IN(ON), CCTV_FLOW_QUIET, at)) {
        cctv_count(&shared->head->counters.stalls);
    }
}

/* A WHEP player sends no heartbeats. */
static void media_beat(cctv_views_t *shared, cctv_view_t *view,
                       cctv_moment_t at)
{
    while (view->transport == CCTV_TRANSPORT_WHEP
           && !cctv_view_beat(shared, view, at)
           && media_reload(shared, view)) {
    }
}

void cctv_media_sent(cctv_views_t *shared, cctv_view_t *view,
                     cctv_time_t since, uint32_t stats, cctv_moment_t at)
{
    uint64_t feedback = view->feedback;
    cctv_feedback_t verdict = cctv_feedback_note(&feedback, stats,
                                                 at.time - view->proven);

    /* An event that was late is older than what is known. */
    if (at.time < view->looked) {
        return;
    }
    cctv_view_table_look(&shared->table, view, at.time, feedback);
    media_begin(shared, view, since, at);
    switch (verdict) {
    case CCTV_FEEDBACK_UNKNOWN:
    case CCTV_FEEDBACK_THERE:
        media_set(shared, view, IN(ON) | IN(QUIET), CCTV_FLOW_ON, at);
        media_beat(shared, view, at);
        break;
    case CCTV_FEEDBACK_SAME:
        break;
    case CCTV_FEEDBACK_GONE:
        media_quiet(shared, view, at);
    }
}

void cctv_media_none(cctv_views_t *shared, cctv_view_t *view, cctv_moment_t at)
{
    if (at.time >= view->looked) {
        cctv_view_table_look(&shared->table, view, at.time, view->feedback);
        media_quiet(shared, view, at);
    }
}

/* @param reason  the reason for which a view of the proxy transport ends */
static void media_give_up(cctv_views_t *shared, cctv_view_t *view,
                          cctv_ended_t reason, cctv_moment_t at)
{
    if (view->transport == CCTV_TRANSPORT_SERVER) {
        /* The view keeps its slot until its client knows. It has no Janus
         * session then, so the id has to be put into the ring here. */
        if (view->janus != 0) {
            cctv_discard_put(&shared->discarded,
                             cctv_discard_entry(view->server, view->janus));
        }
        cctv_view_table_lose(&shared->table, view);
        return;
    }
    while (!cctv_view_end(shared, view, reason, at)
           && media_reload(shared, view)) {
    }
}

static void media_stop(cctv_views_t *shared, cctv_view_t *view, bool was_on,
                       cctv_moment_t at)
{
    if (was_on) {
        media_set(shared, view, IN(ON), CCTV_FLOW_ON, at);
    }
    media_set(shared, view, IN(ON), CCTV_FLOW_QUIET, at);
}

void cctv_media_over(cctv_views_t *shared, cctv_view_t *view, bool was_on,
                     cctv_moment_t at)
{
    if (view->is_gone) {
        return;
    }
    media_stop(shared, view, was_on, at);
    if (view->transport != CCTV_TRANSPORT_PROXY) {
        if (view->answered >= 0) {
            media_set(shared, view, IN(NONE), CCTV_FLOW_FAILED, at);
        }
        media_give_up(shared, view, CCTV_ENDED_GONE, at);
    }
}

void cctv_media_lost(cctv_views_t *shared, cctv_view_t *view, cctv_moment_t at)
{
    if (view->is_gone) {
        return;
    }
    media_stop(shared, view, view->transport == CCTV_TRANSPORT_PROXY, at);
    media_give_up(shared, view,
                  view->transport == CCTV_TRANSPORT_PROXY ? CCTV_ENDED_ENDED
                                                          : CCTV_ENDED_GONE,
                  at);
}

/* ---- What nobody tells ---- */

static bool can_tell(const cctv_view_t *view, const cctv_media_means_t *means)
{
    return view->transport == CCTV_TRANSPORT_PROXY
               ? means->had_events
               : (means->has_admin && !means->is_admin_lost)
                     || means->has_events;
}

/* Only what was looked at may fail: perhaps the admin API does not answer. */
static bool has_failed(const cctv_view_t *view,
                       const cctv_media_means_t *means, cctv_time_t now)
{
    return view->transport != CCTV_TRANSPORT_PROXY
           && now - view->answered >= CCTV_MEDIA_LIMIT
           && (means->has_admin ? now - view->looked < FRESH
                                : means->has_events);
}

void cctv_media_check(cctv_views_t *shared, cctv_view_t *view,
                      const cctv_media_means_t *means, cctv_moment_t now)
{
    if (view->flow != CCTV_FLOW_NONE || view->answered < 0 || view->is_gone) {
        return;
    }
    if (!can_tell(view, means)) {
        media_begin(shared, view, view->answered, now);
    }
    else if (has_failed(view, means, now.time)) {
        media_set(shared, view, IN(NONE), CCTV_FLOW_FAILED, now);
        media_give_up(shared, view, CCTV_ENDED_GONE, now);
    }
}

bool cctv_media_is_due(const cctv_view_t *view,
                       const cctv_media_means_t *means, cctv_time_t now)
{
    cctv_time_t last = view->looked > view->proven ? view->looked
                                                   : view->proven;
    /* A WHEP view lives only as long as it is looked at. */
    cctv_time_t old = (cctv_time_t)view->timeout * 1000 / 3;

    if (!means->has_admin || view->answered < 0 || view->is_gone
        || view->janus == 0 || view->handle == 0) {
        return false;
    }
    if (view->flow != CCTV_FLOW_NONE) {
        return now - last >= (old < OLD ? old : OLD);
    }
    if (means->has_events) {
        cctv_time_t first = old < EVENTS_FIRST ? old : EVENTS_FIRST;

        return now - view->answered >= first && now - view->looked >= first;
    }
    return now - view->looked >= (now - view->answered) / 2
           && now - view->looked >= SOON;
}
