/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_sdp_answer.h
 * @brief Sends the viewer's SDP answer to Janus.
 * Layer: httpd.
 */
#ifndef CCTV_VIDEO_MOD_SDP_ANSWER_H
#define CCTV_VIDEO_MOD_SDP_ANSWER_H

#include "sdp/peer.h"
#include "views/views.h"

#include "httpd.h"

/** The longest SDP answer: bytes. Browsers send about 1 kB. */
#define CCTV_SDP_ANSWER_MAX 16384

/** Note that Janus has got everything from the viewer of a view, so that the
 *  view plays. */
void cctv_sdp_note_answered(cctv_view_t *view, const cctv_sdp_peer_t *viewer);

/** @return what a view stores of the ice-ufrag of its viewer; never 0 */
uint16_t cctv_sdp_ice_of(cctv_slice_t ufrag);

/**
 * Send a viewer's SDP answer to Janus. If Janus accepts it, the view plays.
 *
 * @param sdp     from outside
 * @param result  written only on failure
 * @return false: the request has been answered: 400, 409, 410, 413, 422, 503
 */
bool cctv_sdp_answer(request_rec *r, cctv_view_t *view, const char *sdp,
                     size_t len, int *result);

#endif
