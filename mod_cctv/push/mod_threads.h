/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_threads.h
 * @brief Clients of server-sent events that each hold the thread of their
 *        request: over HTTP/2.
 * Layer: httpd.
 */
#ifndef CCTV_PUSH_MOD_THREADS_H
#define CCTV_PUSH_MOD_THREADS_H

#include "push/follower.h"

#include "httpd.h"

/**
 * Serve a client until it leaves, its time is over or the process has to end.
 * The head of the answer and the first piece have been sent.
 *
 * @param until  when to close the stream; 0: never
 */
void cctv_threads_serve(request_rec *r, cctv_follower_t *follower,
                        cctv_time_t until);

/** Send bytes of the answer now. @return false: the client is gone */
bool cctv_threads_send(request_rec *r, const cctv_json_t *text);

#endif
