/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mountpoint_watch.c
 * @brief What a viewer needs of a mountpoint: Janus's offer, or its answer to
 *        the viewer's offer.
 * Layer: pure.
 */
#include "janus/mountpoint_watch.h"

#include "janus/mountpoint_body.h"

#include <string.h>

/* An error code of the plugin. */
#define INVALID_REQUEST 452

static cctv_mountpoint_status_t
not_watched(const cctv_janus_session_t *session)
{
    switch (session->code) {
    case CCTV_JANUS_NO_MOUNTPOINT:
        return CCTV_MOUNTPOINT_MISSING;
    case INVALID_REQUEST:      /* "Can't offer an SDP": no packet yet */
    case CCTV_JANUS_WRONG_KEY: /* the pin has changed meanwhile */
        return CCTV_MOUNTPOINT_BUSY;
    default:
        return CCTV_MOUNTPOINT_FAILED;
    }
}

static char *sdp_of(const json_t *event, const char *wanted)
{
    const json_t *jsep = json_object_get(event, "jsep");
    const char *type = json_string_value(json_object_get(jsep, "type"));
    const char *sdp = json_string_value(json_object_get(jsep, "sdp"));

    return type != NULL && sdp != NULL && strcmp(type, wanted) == 0
               ? strdup(sdp)
               : NULL;
}

static json_t *jsep_of(const char *type, const char *sdp)
{
    return json_pack("{s:s, s:s, s:b}", "type", type, "sdp", sdp, "trickle",
                     0);
}

/* Send a request whose answer is an event. @param event  written on success;
 * json_decref() it */
static cctv_mountpoint_status_t
ask(cctv_janus_session_t *session, const char *request, int64_t id,
    const char *pin, json_t *jsep, json_t **event, cctv_janus_status_t *status)
{
    json_t *body = json_pack("{s:s, s:I}", "request", request, "id",
                             (json_int_t)id);
    json_t *reply = NULL;

    if (pin[0] != '\0') {
        cctv_mountpoint_text(&body, "pin", pin);
    }
    *status = cctv_janus_message(session, body, jsep, &reply);
    json_decref(reply);
    if (*status == CCTV_JANUS_OK) {
        *status = cctv_janus_event(session, event);
    }
    return *status == CCTV_JANUS_OK        ? CCTV_MOUNTPOINT_OK
           : *status == CCTV_JANUS_REFUSED ? not_watched(session)
                                           : CCTV_MOUNTPOINT_FAILED;
}

cctv_mountpoint_status_t cctv_mountpoint_watch(cctv_janus_session_t *session,
                                               int64_t id, const char *pin,
                                               const char *offer, char **sdp,
                                               cctv_janus_status_t *status)
{
    json_t *event = NULL;
    cctv_mountpoint_status_t result = ask(
        session, "watch", id, pin,
        offer == NULL ? NULL : jsep_of("offer", offer), &event, status);

    if (result != CCTV_MOUNTPOINT_OK) {
        return result;
    }
    *sdp = sdp_of(event, offer == NULL ? "offer" : "answer");
    json_decref(event);
    if (*sdp == NULL) {
        *status = CCTV_JANUS_WRONG;
        return CCTV_MOUNTPOINT_FAILED;
    }
    return CCTV_MOUNTPOINT_OK;
}

cctv_mountpoint_status_t cctv_mountpoint_switch(cctv_janus_session_t *session,
                                                int64_t id, const char *pin,
                                                cctv_janus_status_t *status)
{
    json_t *event = NULL;
    cctv_mountpoint_status_t result = ask(session, "switch", id, pin, NULL,
                                          &event, status);

    json_decref(event);
    return result;
}

cctv_janus_status_t cctv_mountpoint_answer(cctv_janus_session_t *session,
                                           const char *sdp)
{
    json_t *reply = NULL;
    cctv_janus_status_t status = cctv_janus_message(
        session, json_pack("{s:s}", "request", "start"),
        jsep_of("answer", sdp), &reply);

    json_decref(reply);
    return status;
}

bool cctv_mountpoint_has_lost_offer(const cctv_janus_session_t *session)
{
    return session->code == CCTV_JANUS_BAD_SDP
           && strstr(session->reason, "did we offer") != NULL;
}
