/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_media.c
 * @brief Asks Janus's admin API whether the video of a view still flows.
 * Layer: pure.
 */
#include "video/keeper_media.h"

#include "video/feedback.h"
#include "video/media.h"
#include "views/view_media.h"

#include <string.h>

/* The time between two calls of an admin API that does not answer: µs. WHEP
 * views have a shorter one, since they end without the admin API. */
#define ADMIN_PAUSE      30000000
#define ADMIN_WHEP_PAUSE 2000000

typedef enum {
    CONNECTING,
    FLOWS,
    OVER
} flow_t;

static const json_t *member(const json_t *object, const char *a, const char *b)
{
    return json_object_get(json_object_get(object, a), b);
}

static bool is_ice(const json_t *webrtc, const char *state)
{
    const char *text = json_string_value(member(webrtc, "ice", "state"));

    return text != NULL && strcmp(text, state) == 0;
}

/* The mountpoints have one video. */
static const json_t *video_of(const json_t *webrtc)
{
    void *first = json_object_iter(json_object_get(webrtc, "media"));

    return json_object_iter_value(first);
}

/* @return the state of Janus's connection to a viewer */
static flow_t media_flow(const json_t *info)
{
    const json_t *flags = json_object_get(info, "flags");
    const json_t *webrtc = json_object_get(info, "webrtc");
    const json_t *sent = member(json_object_get(video_of(webrtc), "stats"),
                                "out", "packets");

    if (json_is_true(json_object_get(flags, "alert"))
        || json_is_true(json_object_get(flags, "stopped")) || webrtc == NULL
        || is_ice(webrtc, "failed")) {
        return OVER;
    }
    return json_is_true(member(webrtc, "dtls", "ready"))
                   && (sent == NULL || json_integer_value(sent) > 0)
               ? FLOWS
               : CONNECTING;
}

/* @return when the connection came up; 0: not known. Janus tells it by a clock
 *         of its own. */
static cctv_time_t up_since(const json_t *info, cctv_time_t now)
{
    json_int_t up = json_integer_value(
        member(json_object_get(info, "webrtc"), "dtls", "connected"));
    json_int_t time = json_integer_value(
        json_object_get(info, "current_time"));

    return up > 0 && time >= up && time - up < now ? now - (time - up) : 0;
}

/* Log a failure of the admin API once. Without this message nothing would
 * explain why WHEP views end. */
static void media_log(cctv_keeper_views_t *views,
                      const cctv_janus_session_t *session,
                      cctv_janus_status_t status)
{
    bool is_lost = status != CCTV_JANUS_OK
                   && !cctv_janus_has_forgotten(session, status);

    if (atomic_exchange(&views->is_admin_lost, is_lost) || !is_lost) {
        return;
    }
    if (!atomic_load(&views->keeper->is_stopping)) {
        cctv_keeper_log(views->keeper, CCTV_KEEPER_ADMIN_LOST,
                        status == CCTV_JANUS_REFUSED ? session->reason
                                                     : cctv_janus_why(status),
                        session->code);
    }
}

/* @return whether to ask the admin API. If it did not answer, only one thread
 *         tries again, so that the others do not wait for it. */
static bool media_may_ask(cctv_keeper_views_t *views, const cctv_view_t *view)
{
    cctv_time_t now = cctv_now();
    cctv_time_t lost = atomic_load(&views->admin_lost);

    return lost == 0
           || (now - lost >= (view->transport == CCTV_TRANSPORT_WHEP
                                  ? ADMIN_WHEP_PAUSE
                                  : ADMIN_PAUSE)
               && atomic_compare_exchange_strong(&views->admin_lost, &lost,
                                                 now));
}

/* @param info  gets the answer, which the caller frees with json_decref(), if
 *              the status is CCTV_JANUS_OK */
static cctv_janus_status_t media_ask(cctv_keeper_views_t *views,
                                     cctv_janus_session_t *session,
                                     const cctv_view_t *view, json_t **info)
{
    cctv_janus_status_t status;

    if (!media_may_ask(views, view)) {
        return CCTV_JANUS_LATE;
    }
    session->deadline = cctv_now() + CCTV_KEEPER_LIMIT;
    status = cctv_janus_handle_info(session, view->janus, view->handle, info);
    media_log(views, session, status);
    atomic_store(&views->admin_lost,
                 cctv_janus_has_answered(status) ? 0 : cctv_now());
    return status;
}

static void media_note(cctv_views_t *shared, cctv_view_t *view,
                       const json_t *info)
{
    cctv_moment_t now = cctv_moment_now();
    const json_t *video = video_of(json_object_get(info, "webrtc"));

    switch (media_flow(info)) {
    case CONNECTING:
        cctv_media_none(shared, view, now);
        break;
    case FLOWS:
        cctv_media_sent(shared, view, up_since(info, now.time),
                        cctv_feedback_of(member(video, "rtcp", "main")), now);
        break;
    case OVER:
        /* It has been over for an unknown time. */
        cctv_media_over(shared, view, false, now);
    }
}

cctv_janus_status_t cctv_keeper_media(cctv_keeper_views_t *views,
                                      cctv_janus_session_t *session,
                                      cctv_view_t *view)
{
    json_t *info;
    cctv_janus_status_t status = media_ask(views, session, view, &info);

    if (status == CCTV_JANUS_OK) {
        media_note(views->keeper->shared, view, info);
        json_decref(info);
    }
    return cctv_janus_has_answered(status) ? status : CCTV_JANUS_LATE;
}

void cctv_keeper_media_try(cctv_keeper_views_t *views,
                           cctv_janus_session_t *session)
{
    cctv_janus_session_t admin = *session;
    json_t *handles = NULL;

    if (views->keeper->server->has_admin) {
        cctv_janus_status_t status = cctv_janus_list_handles(
            &admin, session->id, &handles);

        media_log(views, &admin, status);
        /* Views are looked at again as soon as Janus is back. */
        atomic_store(&views->admin_lost,
                     cctv_janus_has_answered(status) ? 0 : cctv_now());
        json_decref(handles);
    }
}
