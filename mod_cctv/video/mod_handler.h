/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.h
 * @brief POST of what Janus says has happened.
 * Layer: httpd.
 *
 * Where browsers talk to Janus themselves, Janus's events tell at once who
 * has come and gone. Some get lost, so they only make it sooner: heartbeats
 * that stop end a view anyway.
 */
#ifndef CCTV_VIDEO_MOD_HANDLER_H
#define CCTV_VIDEO_MOD_HANDLER_H

#include "httpd.h"

/** cctv-janus-events. */
int cctv_janus_events_handler(request_rec *r);

#endif
