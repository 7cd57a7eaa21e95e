/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_signalling.h
 * @brief Starts a view with video: the offer from Janus, or the answer of a
 *        request that gets none.
 * Layer: httpd.
 *
 * A request waits for Janus for at most 2 s, or for CCTVJanusColdTimeout if
 * its camera has to be connected first. If Janus is slow or dead, it blocks no
 * more threads than the gate admits (video/mod_lifecycle.c).
 */
#ifndef CCTV_VIDEO_MOD_SIGNALLING_H
#define CCTV_VIDEO_MOD_SIGNALLING_H

#include "views/mod_transport.h"

#include "httpd.h"

/**
 * Get the offer for a camera that the requester may watch: see prepare of
 * cctv_transport_ops_t. If the camera has no mountpoint, it is created.
 *
 * @param viewer   has a transport; gets its Janus session, except for the
 *                 proxy transport, with which the viewer creates one
 * @param result   written only on failure
 * @return false: the request has been answered, usually with 503
 */
bool cctv_signalling_prepare(request_rec *r, cctv_viewer_t *viewer,
                             cctv_offer_t *out, int *result);

#endif
