/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file reply.h
 * @brief Answers: bodies, problems, methods.
 * Layer: httpd.
 *
 * The functions send the whole answer and return what the handler has to
 * return.
 */
#ifndef CCTV_HTTP_REPLY_H
#define CCTV_HTTP_REPLY_H

#include "httpd.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * An error as application/problem+json (RFC 9457). 503 says when to try
 * again.
 *
 * @param status  the HTTP status, 400 or more
 * @param detail  an English sentence for the client: what to change
 */
int cctv_reply_problem(request_rec *r, int status, const char *detail);

/**
 * Whether the request only reads. If not, it has been answered: OPTIONS, or
 * 405 with Allow.
 *
 * @param result  then written: what the handler has to return
 */
bool cctv_reply_is_read(request_rec *r, int *result);

/**
 * A page of 200 that may be kept by the client and is marked by an ETag; 304
 * where If-None-Match names it.
 *
 * @param data  from malloc(); handed over
 */
int cctv_reply_page(request_rec *r, const char *type, char *data, size_t len);

#endif
