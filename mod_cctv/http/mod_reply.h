/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_reply.h
 * @brief Sends answers: bodies, problems, allowed methods.
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
 * Send an error as application/problem+json (RFC 9457). With 503 the field
 * Retry-After is sent.
 *
 * @param status  the HTTP status, 400 or more
 * @param detail  an English sentence for the client: what to change
 */
int cctv_reply_problem(request_rec *r, int status, const char *detail);

/** Types of problems that let a client tell several kinds of 403, 422 and 503
 *  apart. */
#define CCTV_PROBLEM_BUSY       "urn:cctv:busy"
#define CCTV_PROBLEM_CODEC      "urn:cctv:codec"
#define CCTV_PROBLEM_DENIED     "urn:cctv:denied"
#define CCTV_PROBLEM_DRAINING   "urn:cctv:draining"
#define CCTV_PROBLEM_OFFLINE    "urn:cctv:offline"
#define CCTV_PROBLEM_ORIGIN     "urn:cctv:origin"
#define CCTV_PROBLEM_VIDEO_DOWN "urn:cctv:video-down"

/**
 * As cctv_reply_problem(), with a type and a Retry-After that the caller
 * chooses.
 *
 * @param type     a URN, such as CCTV_PROBLEM_BUSY
 * @param seconds  the value of Retry-After; NULL: trying again does not help
 */
int cctv_reply_problem_of(request_rec *r, int status, const char *type,
                          const char *seconds, const char *detail);

/**
 * As cctv_reply_problem_of(), with the member "reason".
 *
 * @param reason  a name for programs
 */
int cctv_reply_problem_because(request_rec *r, int status, const char *type,
                               const char *seconds, const char *detail,
                               const char *reason);

/**
 * As cctv_reply_problem_of(), with the member "note".
 *
 * @param note  what an operator wrote, for people; "": the member is left out
 */
int cctv_reply_problem_noted(request_rec *r, int status, const char *type,
                             const char *seconds, const char *detail,
                             const char *note);

/**
 * Send a small answer as application/json that no cache may store.
 *
 * @param body  owned by this function; NULL, which json_pack() returns without
 *              memory, is answered with 500
 */
int cctv_reply_json(request_rec *r, int status, json_t *body);

/**
 * As cctv_reply_json(), for JSON that is text already.
 *
 * @param text  copied if it has to outlive the call
 */
int cctv_reply_json_text(request_rec *r, int status, const char *text,
                         size_t len);

/**
 * As cctv_reply_json_text(), for any type of text.
 *
 * @param type  such as application/sdp
 */
int cctv_reply_text(request_rec *r, int status, const char *type,
                    const char *text);

/** Answer with 204 and without a body. */
int cctv_reply_empty(request_rec *r, int status);

/** The methods that a resource allows, as a list for a header field. */
const char *cctv_reply_methods(int method);

/**
 * Whether a resource allows the method of the request. If not, the request has
 * been answered: OPTIONS with 204, other methods with 405 and Allow.
 *
 * @param method  the method of the resource: M_GET (includes HEAD), M_POST, or
 *                M_PATCH (includes DELETE)
 * @param result  written if not: what the handler has to return
 */
bool cctv_reply_allows(request_rec *r, int method, int *result);

/**
 * Send a page with status 200 and an ETag that the client may store; or answer
 * with 304 if If-None-Match names this ETag.
 *
 * @param data  from malloc(); owned by this function
 */
int cctv_reply_page(request_rec *r, const char *type, char *data, size_t len);

/**
 * Set the ETag of a page that the client may store, and answer with 304 if
 * If-None-Match names it.
 *
 * @param tag  lives as long as r->pool
 * @return whether the request has been answered
 */
bool cctv_reply_is_unchanged(request_rec *r, const char *tag);

/** Send a page with the ETag that cctv_reply_is_unchanged() has set. The
 *  parameters are those of cctv_reply_page(). */
int cctv_reply_changed_page(request_rec *r, const char *type, char *data,
                            size_t len);

/** APR_BRIGADE_INSERT_TAIL() as a function. */
void cctv_reply_append(apr_bucket_brigade *bb, apr_bucket *bucket);

#endif
