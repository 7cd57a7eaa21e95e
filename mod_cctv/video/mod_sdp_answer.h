/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_sdp_answer.h
 * @brief Sends the viewer's SDP answer to Janus.
 * Layer: httpd.
 */
#ifndef CCTV_VIDEO_MOD_SDP_ANSWER_H
#define CCTV_VIDEO_MOD_SDP_ANSWER_H

#include "views/views.h"

#include "httpd.h"

/**
 * Send a viewer's SDP answer to Janus. If Janus accepts it, the view plays.
 *
 * @param sdp     from outside
 * @param result  written only on failure
 * @return false: the request has been answered: 400, 409, 410, 413, 503
 */
bool cctv_sdp_answer(request_rec *r, cctv_view_t *view, const char *sdp,
                     size_t len, int *result);

#endif
