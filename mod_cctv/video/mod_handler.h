/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.h
 * @brief Handler of the POST requests with events from Janus.
 * Layer: httpd.
 *
 * In proxy mode browsers call Janus themselves, and Janus's events tell at
 * once when a viewer connects or leaves. Events may get lost, so they only
 * speed things up: without heartbeats a view ends anyway.
 */
#ifndef CCTV_VIDEO_MOD_HANDLER_H
#define CCTV_VIDEO_MOD_HANDLER_H

#include "httpd.h"

/** The handler cctv-janus-events. */
int cctv_janus_events_handler(request_rec *r);

#endif
