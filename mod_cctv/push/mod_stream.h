/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_stream.h
 * @brief Starts to answer with server-sent events.
 * Layer: httpd.
 */
#ifndef CCTV_PUSH_MOD_STREAM_H
#define CCTV_PUSH_MOD_STREAM_H

#include "push/mod_request.h"

/**
 * Answer a request with server-sent events. Where the answer depends on who
 * asks, the stream ends within 30 s: the client returns by itself, and is then
 * asked anew by Apache and by CCTVRoles.
 */
int cctv_stream_handle(request_rec *r, const cctv_request_t *request);

#endif
