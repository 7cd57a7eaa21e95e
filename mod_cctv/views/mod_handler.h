/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.h
 * @brief POST of the start, the heartbeats and the end of a view.
 * Layer: httpd.
 */
#ifndef CCTV_VIEWS_MOD_HANDLER_H
#define CCTV_VIEWS_MOD_HANDLER_H

#include "httpd.h"

/** cctv-view-start. */
int cctv_view_start_handler(request_rec *r);

/** cctv-heartbeat. */
int cctv_heartbeat_handler(request_rec *r);

/** cctv-view-end. */
int cctv_view_end_handler(request_rec *r);

#endif
