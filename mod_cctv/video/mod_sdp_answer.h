/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_sdp_answer.h
 * @brief Sends the viewer's SDP answer to Janus.
 * Layer: httpd.
 */
#ifndef CCTV_VIDEO_MOD_SDP_ANSWER_H
#define CCTV_VIDEO_MOD_SDP_ANSWER_H

#include "sdp/fault.h"
#include "views/views.h"

#include "httpd.h"

/** The longest SDP answer: bytes. Browsers send about 1 kB. */
#define CCTV_SDP_ANSWER_MAX 16384

/** Note that Janus has got everything from the viewer of a view, so that the
 *  view plays. */
void cctv_sdp_note_answered(cctv_view_t *view);

/**
 * Answer that the SDP offer of a viewer cannot be used: 422 urn:cctv:codec if
 * the viewer does not play the codec, otherwise 400.
 *
 * @return what the handler returns
 */
int cctv_sdp_refuse_offer(request_rec *r, cctv_sdp_fault_t fault,
                          cctv_codec_t codec);

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
