/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_signalling.h
 * @brief Gets the SDP offer for a camera from Janus, and sends the viewer's
 *        SDP answer to Janus.
 * Layer: httpd.
 *
 * A request waits for Janus for at most 2 s, or for CCTVJanusColdTimeout if
 * its camera has to be connected first. If Janus is slow or dead, it blocks no
 * more threads than the gate admits (video/mod_lifecycle.c).
 */
#ifndef CCTV_VIDEO_MOD_SIGNALLING_H
#define CCTV_VIDEO_MOD_SIGNALLING_H

#include "janus/mountpoint.h"
#include "views/mod_transport.h"

#include "httpd.h"

/** Check that a camera has not just failed: see is_promising of
 *  cctv_transport_ops_t. */
bool cctv_signalling_is_promising(request_rec *r, int32_t camera, int *result);

/**
 * Get the offer for a camera that the requester may watch: see prepare of
 * cctv_transport_ops_t. If the camera has no mountpoint, it is created.
 *
 * @param viewer   has a transport; gets its Janus session, except for the
 *                 proxy transport, with which the viewer creates one
 * @param profile  the H.264 profile of the camera; NULL: not known
 * @param result   written only on failure
 * @return false: the request has been answered, usually with 503
 */
bool cctv_signalling_prepare(request_rec *r, cctv_viewer_t *viewer,
                             const char *profile, cctv_offer_t *out,
                             int *result);

/**
 * Send a viewer's SDP answer to Janus. If Janus accepts it, the view plays.
 *
 * @param sdp     from outside
 * @param result  written only on failure
 * @return false: the request has been answered: 400, 409, 410, 413, 503
 */
bool cctv_signalling_answer(request_rec *r, cctv_view_t *view, const char *sdp,
                            size_t len, int *result);

/** @param id  the view id
 *  @return the ICE servers of a view, as browsers expect them: a JSON array
 *          that the caller owns; NULL: out of memory. TURN logins are valid
 *          for a day. */
json_t *cctv_signalling_ice_servers(const char *id);

#endif
