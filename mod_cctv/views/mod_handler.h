/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.h
 * @brief Handlers of the POST requests that start a view, send its heartbeats
 *        and end it.
 * Layer: httpd.
 */
#ifndef CCTV_VIEWS_MOD_HANDLER_H
#define CCTV_VIEWS_MOD_HANDLER_H

#include "httpd.h"

/** The handler cctv-view-start. */
int cctv_view_start_handler(request_rec *r);

/** The handler cctv-heartbeat. */
int cctv_heartbeat_handler(request_rec *r);

/** The handler cctv-view-end. */
int cctv_view_end_handler(request_rec *r);

#endif
