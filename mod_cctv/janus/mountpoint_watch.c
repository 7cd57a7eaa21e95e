/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mountpoint_watch.c
 * @brief What a viewer needs of a mountpoint: Janus's offer, and Janus to take
 *        the answer.
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

static char *offer_of(const json_t *event)
{
    const json_t *jsep = json_object_get(event, "jsep");
    const char *type = json_string_value(json_object_get(jsep, "type"));
    const char *sdp = json_string_value(json_object_get(jsep, "sdp"));

    return type != NULL && sdp != NULL && strcmp(type, "offer") == 0
               ? strdup(sdp)
               : NULL;
}

cctv_mountpoint_status_t cctv_mountpoint_watch(cctv_janus_session_t *session,
                                               int64_t id, const char *pin,
                                               char **offer,
                                               cctv_janus_status_t *status)
{
    json_t *body = json_pack("{s:s, s:I}", "request", "watch", "id",
                             (json_int_t)id);
    json_t *event = NULL;

    if (pin[0] != '\0') {
        cctv_mountpoint_text(&body, "pin", pin);
    }
    *status = cctv_janus_message(session, body, NULL, &event);
    json_decref(event);
    if (*status == CCTV_JANUS_OK) {
        *status = cctv_janus_event(session, &event);
    }
    if (*status == CCTV_JANUS_REFUSED) {
        return not_watched(session);
    }
    if (*status != CCTV_JANUS_OK) {
        return CCTV_MOUNTPOINT_FAILED;
    }
    *offer = offer_of(event);
    json_decref(event);
    if (*offer == NULL) {
        *status = CCTV_JANUS_WRONG;
        return CCTV_MOUNTPOINT_FAILED;
    }
    return CCTV_MOUNTPOINT_OK;
}

cctv_janus_status_t cctv_mountpoint_answer(cctv_janus_session_t *session,
                                           const char *sdp)
{
    json_t *reply = NULL;
    cctv_janus_status_t status = cctv_janus_message(
        session, json_pack("{s:s}", "request", "start"),
        json_pack("{s:s, s:s, s:b}", "type", "answer", "sdp", sdp, "trickle",
                  0),
        &reply);

    json_decref(reply);
    return status;
}
