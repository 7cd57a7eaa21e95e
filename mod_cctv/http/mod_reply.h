/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_reply.h
 * @brief Answers: bodies, problems, methods.
 * Layer: httpd.
 *
 * The functions send the whole answer and return what the handler has to
 * return.
 */
#ifndef CCTV_HTTP_MOD_REPLY_H
#define CCTV_HTTP_MOD_REPLY_H

#include "httpd.h"
#include "apr_buckets.h"

#include <jansson.h>
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

/** Types of problems that a client may want to tell apart: of 503. */
#define CCTV_PROBLEM_BUSY       "urn:cctv:busy"
#define CCTV_PROBLEM_OFFLINE    "urn:cctv:offline"
#define CCTV_PROBLEM_VIDEO_DOWN "urn:cctv:video-down"

/** The same with a type of its own, and after how many seconds to try
 *  again; NULL: it does not help to. */
int cctv_reply_problem_of(request_rec *r, int status, const char *type,
                          const char *seconds, const char *detail);

/**
 * A small answer as application/json, which nobody may keep.
 *
 * @param body  handed over; NULL, as json_pack() gives it without memory, is
 *              answered with 500
 */
int cctv_reply_json(request_rec *r, int status, json_t *body);

/** The same of JSON that is text already; copied where it has to last. */
int cctv_reply_json_text(request_rec *r, int status, const char *text,
                         size_t len);

/** The same of any text. @param type  such as application/sdp */
int cctv_reply_text(request_rec *r, int status, const char *type,
                    const char *text);

/** An answer without a body: 204. */
int cctv_reply_empty(request_rec *r, int status);

/** The methods of a resource, as a list for a header field. */
const char *cctv_reply_methods(int method);

/**
 * Whether a resource takes the method of the request. If not, it has been
 * answered: OPTIONS, or 405 with Allow.
 *
 * @param method  what the resource is for: M_GET, with HEAD; M_POST; M_PATCH,
 *                with DELETE
 * @param result  then written: what the handler has to return
 */
bool cctv_reply_allows(request_rec *r, int method, int *result);

/**
 * A page of 200 that may be kept by the client and is marked by an ETag; 304
 * where If-None-Match names it.
 *
 * @param data  from malloc(); handed over
 */
int cctv_reply_page(request_rec *r, const char *type, char *data, size_t len);

/** APR_BRIGADE_INSERT_TAIL(). */
void cctv_reply_append(apr_bucket_brigade *bb, apr_bucket *bucket);

#endif
