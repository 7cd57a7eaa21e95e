/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file socket.h
 * @brief The socket of a client of server-sent events, without httpd.
 * Layer: pure.
 *
 * What a client does not read at once is kept for it, and it is sent nothing
 * else until it has read that. So a slow client costs one piece at most; the
 * changes meanwhile stay in the ring. With TLS, OpenSSL keeps up to 16 KiB in
 * addition: the record of which a part has been sent.
 */
#ifndef CCTV_PUSH_SOCKET_H
#define CCTV_PUSH_SOCKET_H

#include "core/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What is kept for all clients of a thread together. */
typedef struct {
    size_t bytes;
    size_t most; /**< no client may have so much kept that there is more */
} cctv_kept_t;

struct ssl_st;

typedef struct {
    int fd;
    uint32_t rest_at;
    uint32_t rest_length;
    /** What the client has not read yet, from malloc(); NULL: nothing. */
    char *rest;
    cctv_time_t rest_since;
    cctv_kept_t *kept;  /**< counts `rest`; set before something is sent */
    struct ssl_st *tls; /**< the session of OpenSSL; NULL: in the clear */
} cctv_socket_t;

typedef enum {
    CCTV_SOCKET_FINE,
    CCTV_SOCKET_GONE,     /**< the client has closed it, or is lost */
    CCTV_SOCKET_SLOW,     /**< too much is kept for all clients already */
    CCTV_SOCKET_NO_MEMORY /**< what it did not read cannot be kept */
} cctv_socket_state_t;

/**
 * Set up a socket for a client.
 *
 * @param fd  owned by the socket
 */
void cctv_socket_init(cctv_socket_t *socket, int fd);

/**
 * Let a socket speak TLS.
 *
 * @param tls  a session whose handshake is over (push/tls.h); owned by the
 *             socket, also on failure
 * @return false: there is no memory. The socket may only be closed
 */
bool cctv_socket_use_tls(cctv_socket_t *socket, struct ssl_st *tls);

/** Close the socket, and free what was kept. */
void cctv_socket_close(cctv_socket_t *socket);

/**
 * Send a text. Nothing may be kept from before.
 *
 * @param sent  the number of bytes sent is added
 */
cctv_socket_state_t cctv_socket_send(cctv_socket_t *socket, const char *text,
                                     size_t length, cctv_time_t now,
                                     uint64_t *sent);

/** Send what was kept; the socket has room. */
cctv_socket_state_t cctv_socket_resume(cctv_socket_t *socket, uint64_t *sent);

/** Read and forget what the client has sent. */
cctv_socket_state_t cctv_socket_discard(const cctv_socket_t *socket);

#endif
