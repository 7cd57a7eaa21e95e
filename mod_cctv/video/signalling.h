/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file signalling.h
 * @brief From a camera to Janus's offer, and a viewer's answer to Janus.
 * Layer: httpd.
 *
 * A request talks to Janus for 2 s at most, and for CCTVJanusColdTimeout
 * where its camera has to be connected to first. A Janus that is slow or dead
 * holds no more threads than the gate lets in (video/lifecycle.c).
 */
#ifndef CCTV_VIDEO_SIGNALLING_H
#define CCTV_VIDEO_SIGNALLING_H

#include "janus/mountpoint.h"
#include "views/sessions.h"

#include "httpd.h"

/** What a viewer needs. */
typedef struct {
    uint64_t janus; /**< 0: the viewer talks to Janus himself */
    uint64_t handle;
    const char *sdp; /**< in the request's pool; NULL likewise */
    char pin[CCTV_PIN_SIZE];
} cctv_offer_t;

/**
 * Get the offer of a camera that the requester may watch; its mountpoint is
 * made where there is none.
 *
 * @param profile  of its H.264; NULL: not known
 * @param way      not CCTV_WAY_NONE
 * @param result   written where there is none: it has been answered with 503
 */
bool cctv_signalling_offer(request_rec *r, int32_t camera, const char *profile,
                           cctv_way_t way, cctv_offer_t *out, int *result);

/**
 * Bring a viewer's answer to Janus, once and for all: its view plays from now
 * on, or is over.
 *
 * @param sdp     from outside
 * @param result  written where it has been answered: 400, 409, 410, 413, 503
 */
bool cctv_signalling_answer(request_rec *r, cctv_session_t *session,
                            const char *sdp, size_t len, int *result);

/** The ICE servers of a view, as browsers take them: a JSON array, handed
 *  over. TURN logins hold for a day. */
json_t *cctv_signalling_ice_servers(const char *id);

#endif
