/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file tls.h
 * @brief The TLS session of a client of server-sent events, without httpd.
 * Layer: pure.
 *
 * A session whose handshake is over sends and receives through a socket that
 * never waits. No two threads may use a session at the same time. A write to a
 * connection that the client has closed raises SIGPIPE, which httpd ignores.
 */
#ifndef CCTV_PUSH_TLS_H
#define CCTV_PUSH_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct ssl_st;

/**
 * Let a session use a socket of ours, and nothing of its former owner.
 *
 * @param fd  not owned by the session
 * @return false: there is no memory
 */
bool cctv_tls_attach(struct ssl_st *tls, int fd);

/**
 * Write a text. If not all of it was taken, the next call has to bring exactly
 * the rest.
 *
 * @return how many bytes were taken; -1: the client is gone
 */
ssize_t cctv_tls_write(struct ssl_st *tls, const char *text, size_t length);

/** Read and forget what the client has sent. @return false: it is gone */
bool cctv_tls_discard(struct ssl_st *tls);

/** Tell the client that this is the end, if it is there, and free the
 *  session. */
void cctv_tls_close(struct ssl_st *tls);

#endif
