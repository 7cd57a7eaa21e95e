/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_media.c
 * @brief Asks Janus's admin API whether the video of a view still flows.
 * Layer: pure.
 */
#include "video/keeper_media.h"

#include "video/keeper_loss.h"
#include "views/views.h"

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

static const char *text_at(const json_t *object, const char *a, const char *b)
{
    const char *text = json_string_value(
        json_object_get(json_object_get(object, a), b));

    return text == NULL ? "" : text;
}

/* @return the state of Janus's connection to a viewer */
static flow_t media_flow(const json_t *info)
{
    const json_t *flags = json_object_get(info, "flags");
    const json_t *webrtc = json_object_get(info, "webrtc");
    const char *ice = text_at(webrtc, "ice", "state");

    if (json_is_true(json_object_get(flags, "alert"))
        || json_is_true(json_object_get(flags, "stopped")) || webrtc == NULL
        || strcmp(ice, "failed") == 0) {
        return OVER;
    }
    return json_is_true(
               json_object_get(json_object_get(webrtc, "dtls"), "ready"))
               ? FLOWS
               : CONNECTING;
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
        views->keeper->log(CCTV_KEEPER_ADMIN_LOST,
                           status == CCTV_JANUS_REFUSED
                               ? session->reason
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

    if (view->answered < 0 || !views->keeper->server->has_admin) {
        return false;
    }
    return lost == 0
           || (now - lost >= (view->transport == CCTV_TRANSPORT_WHEP
                                  ? ADMIN_WHEP_PAUSE
                                  : ADMIN_PAUSE)
               && atomic_compare_exchange_strong(&views->admin_lost, &lost,
                                                 now));
}

/* @param info  gets the answer, which the caller frees with json_decref();
 *              NULL: Janus has refused
 * @return whether the admin API has answered */
static bool media_ask(cctv_keeper_views_t *views,
                      cctv_janus_session_t *session, const cctv_view_t *view,
                      json_t **info)
{
    cctv_janus_status_t status;

    *info = NULL;
    if (!media_may_ask(views, view)) {
        return false;
    }
    session->deadline = cctv_now() + CCTV_KEEPER_LIMIT;
    status = cctv_janus_handle_info(session, view->janus, view->handle, info);
    media_log(views, session, status);
    if (cctv_janus_has_answered(status)) {
        atomic_store(&views->admin_lost, 0);
        return true;
    }
    atomic_store(&views->admin_lost, cctv_now());
    return false;
}

/* If nothing is known about a WHEP view, it has no heartbeat and ends at its
 * timeout. */
static cctv_janus_status_t media_of_whep(cctv_keeper_views_t *views,
                                         cctv_view_t *view, const json_t *info)
{
    cctv_views_t *shared = views->keeper->shared;
    cctv_moment_t now = { .time = cctv_now(), .day = cctv_today() };

    if (info == NULL) {
        return CCTV_JANUS_REFUSED;
    }
    switch (media_flow(info)) {
    case CONNECTING:
        break;
    case FLOWS:
        cctv_view_beat(shared, view, now);
        break;
    case OVER:
        cctv_view_end(shared, view, CCTV_ENDED_GONE, now);
    }
    return CCTV_JANUS_OK;
}

/* A Janus session outlives its connection to the viewer, so it has to be
 * destroyed when that connection is over. */
static void media_of_server(cctv_keeper_views_t *views, cctv_view_t *view,
                            const json_t *info)
{
    if (info != NULL && media_flow(info) == OVER) {
        /* Put the id into the ring here: after cctv_keeper_lose() the view has
         * no Janus session, so the end of the view cannot. */
        cctv_discard_put(views->keeper->server->discarded, view->janus);
        cctv_keeper_lose(views->keeper->shared, view);
    }
}

cctv_janus_status_t cctv_keeper_media(cctv_keeper_views_t *views,
                                      cctv_janus_session_t *session,
                                      cctv_view_t *view)
{
    cctv_janus_status_t status = CCTV_JANUS_OK;
    json_t *info;

    if (!media_ask(views, session, view, &info)) {
        return CCTV_JANUS_OK;
    }
    if (view->transport == CCTV_TRANSPORT_WHEP) {
        status = media_of_whep(views, view, info);
    }
    else {
        media_of_server(views, view, info);
    }
    json_decref(info);
    return status;
}
