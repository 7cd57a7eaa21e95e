/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_signalling.h
 * @brief From a camera to Janus's offer, and a viewer's answer to Janus.
 * Layer: httpd.
 *
 * A request waits for Janus for 2 s at most, and for CCTVJanusColdTimeout if
 * its camera has to be connected first. A Janus that is slow or dead holds no
 * more threads than the gate lets in (video/mod_lifecycle.c).
 */
#ifndef CCTV_VIDEO_MOD_SIGNALLING_H
#define CCTV_VIDEO_MOD_SIGNALLING_H

#include "janus/mountpoint.h"
#include "views/mod_transport.h"

#include "httpd.h"

/** Whether a camera has not just failed; see cctv_transport_ops_t. */
bool cctv_signalling_is_promising(request_rec *r, int32_t camera, int *result);

/**
 * Get the offer of a camera that the requester may watch; see
 * cctv_transport_ops_t. Its mountpoint is made where there is none.
 *
 * @param viewer  with a transport; gets its Janus session, but for the proxy
 *                transport, where the viewer makes one
 * @param result  written where there is no offer: the request has been
 *                answered with 503
 */
bool cctv_signalling_prepare(request_rec *r, cctv_viewer_t *viewer,
                             const char *profile, cctv_offer_t *out,
                             int *result);

/**
 * Bring a viewer's answer to Janus. After that the view plays or is over.
 *
 * @param sdp     from outside
 * @param result  written if the request has been answered: 400, 409, 410,
 *                413, 503
 */
bool cctv_signalling_answer(request_rec *r, cctv_view_t *view, const char *sdp,
                            size_t len, int *result);

/** The ICE servers of a view, as browsers take them: a JSON array, handed
 *  over. TURN logins hold for a day. */
json_t *cctv_signalling_ice_servers(const char *id);

#endif
