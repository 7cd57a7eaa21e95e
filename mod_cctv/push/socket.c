/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file socket.c
 * @brief The socket of a client of server-sent events, without httpd.
 * Layer: pure.
 */
#include "push/socket.h"

#include "push/tls.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The kernel keeps at most about twice as much for a client: bytes. */
#define SEND_BUFFER 32768

/* A client whose machine is gone is closed after this time: ms. */
#define GONE 60000

void cctv_socket_init(cctv_socket_t *socket, int fd)
{
    int size = SEND_BUFFER;
    unsigned gone = GONE;

    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &gone, sizeof gone);
    *socket = (cctv_socket_t){ .fd = fd };
}

bool cctv_socket_use_tls(cctv_socket_t *socket, struct ssl_st *tls)
{
    socket->tls = tls;
    return cctv_tls_attach(tls, socket->fd);
}

static void forget(cctv_socket_t *socket)
{
    if (socket->rest != NULL) {
        socket->kept->bytes -= socket->rest_length;
    }
    free(socket->rest);
    socket->rest = NULL;
}

void cctv_socket_close(cctv_socket_t *socket)
{
    if (socket->tls != NULL) {
        cctv_tls_close(socket->tls);
    }
    close(socket->fd);
    forget(socket);
}

static bool has_to_wait(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static ssize_t write_clear(int fd, const char *text, size_t length)
{
    ssize_t n = send(fd, text, length, MSG_NOSIGNAL | MSG_DONTWAIT);

    return n < 0 && has_to_wait() ? 0 : n;
}

/* @return how many bytes were taken; -1: the client is gone */
static ssize_t write_some(const cctv_socket_t *socket, const char *text,
                          size_t length, uint64_t *sent)
{
    ssize_t n = socket->tls != NULL ? cctv_tls_write(socket->tls, text, length)
                                    : write_clear(socket->fd, text, length);

    *sent += n > 0 ? (uint64_t)n : 0;
    return n;
}

cctv_socket_state_t cctv_socket_send(cctv_socket_t *socket, const char *text,
                                     size_t length, cctv_time_t now,
                                     uint64_t *sent)
{
    ssize_t n = write_some(socket, text, length, sent);
    size_t rest;

    if (n < 0) {
        return CCTV_SOCKET_GONE;
    }
    rest = length - (size_t)n;
    if (rest == 0) {
        return CCTV_SOCKET_FINE;
    }
    if (rest > socket->kept->most - socket->kept->bytes) {
        return CCTV_SOCKET_SLOW;
    }
    socket->rest = rest > UINT32_MAX ? NULL : malloc(rest);
    if (socket->rest == NULL) {
        return CCTV_SOCKET_NO_MEMORY;
    }
    memcpy(socket->rest, text + n, rest);
    socket->rest_at = 0;
    socket->rest_length = (uint32_t)rest;
    socket->kept->bytes += rest;
    socket->rest_since = now;
    return CCTV_SOCKET_FINE;
}

cctv_socket_state_t cctv_socket_resume(cctv_socket_t *socket, uint64_t *sent)
{
    ssize_t n = write_some(socket, socket->rest + socket->rest_at,
                           socket->rest_length - socket->rest_at, sent);

    if (n < 0) {
        return CCTV_SOCKET_GONE;
    }
    socket->rest_at += (uint32_t)n;
    if (socket->rest_at == socket->rest_length) {
        forget(socket);
    }
    return CCTV_SOCKET_FINE;
}

static bool discard_clear(int fd)
{
    char bytes[1024];
    ssize_t n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);

    return n > 0 || (n < 0 && has_to_wait());
}

cctv_socket_state_t cctv_socket_discard(const cctv_socket_t *socket)
{
    bool is_there = socket->tls != NULL ? cctv_tls_discard(socket->tls)
                                        : discard_clear(socket->fd);

    return is_there ? CCTV_SOCKET_FINE : CCTV_SOCKET_GONE;
}
