/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_sockets.h
 * @brief Clients of server-sent events whose sockets one thread of this
 *        process serves.
 * Layer: httpd.
 *
 * A request hands its socket over after it has sent the head of the answer;
 * then httpd forgets the request and the connection. A client costs about 300
 * bytes and a file descriptor, and with TLS the session of OpenSSL in addition
 * (push/mod_tls.h). This works on every MPM, but not with HTTP/2, where streams
 * share the connection.
 */
#ifndef CCTV_PUSH_MOD_SOCKETS_H
#define CCTV_PUSH_MOD_SOCKETS_H

#include "push/follower.h"

#include "httpd.h"

#include <stdbool.h>

/** Whether the bytes of this connection go to its socket unchanged, or only
 *  encrypted by mod_ssl. */
bool cctv_sockets_can_take(const request_rec *r);

/**
 * Get a copy of the descriptor of a connection's socket, and make sure that
 * the thread runs.
 *
 * @return -1: the process has no more descriptors, or no thread
 */
int cctv_sockets_copy(request_rec *r);

/**
 * Hand a client over to the thread. The handler has to return DONE afterwards
 * and must not send anything.
 *
 * @param fd        of cctv_sockets_copy(); owned by the thread
 * @param follower  copied, with its interest
 * @param size      of its interest in bytes
 * @param until     when to close the stream; 0: never
 * @return false: there is no memory. The descriptor is closed
 */
bool cctv_sockets_take(request_rec *r, int fd, const cctv_follower_t *follower,
                       size_t size, cctv_time_t until);

/** Hook child_init. */
void cctv_sockets_child_init(apr_pool_t *pchild);

#endif
