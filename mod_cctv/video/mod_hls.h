/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_hls.h
 * @brief The transport HLS: the viewer gets the address of the camera's HLS, and
 *        its browser plays it by itself.
 * Layer: httpd.
 *
 * No Janus takes part. As for views without a transport, heartbeats are all that
 * is known of such a view.
 */
#ifndef CCTV_VIDEO_MOD_HLS_H
#define CCTV_VIDEO_MOD_HLS_H

#include "httpd.h"

/** Offer the transport in this process, if CCTVBrowserHls is on. Call it before
 *  the process has threads. */
void cctv_hls_register(const server_rec *s);

#endif
