/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_reply.c
 * @brief Sends answers: bodies, problems, allowed methods.
 * Layer: httpd.
 */
#include "http/mod_reply.h"

#include "http/etag.h"
#include "json/buffers.h"
#include "json/writer.h"

#include "http_protocol.h"
#include "http_request.h"
#include "util_filter.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Most answers are smaller; the buffer grows for a larger one. */
#define SMALL_SIZE 1024

/* Prints 1.015 as 1.015, not as 1.0149999999999999. */
#define FORMAT (JSON_COMPACT | JSON_REAL_PRECISION(12))

/* This macro of httpd casts volatile away, which -Wcast-qual reports. */
void cctv_reply_append(apr_bucket_brigade *bb, apr_bucket *bucket)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wcast-qual"
    APR_BRIGADE_INSERT_TAIL(bb, bucket);
#pragma GCC diagnostic pop
}

/* Send the body as one bucket, however large it is. apr_brigade_write() would
 * split it into pieces of 8 KB, which reduces the rate to 161 answers a second
 * at 327 KB. */
static int send_body(request_rec *r, apr_bucket *body)
{
    apr_bucket_alloc_t *alloc = r->connection->bucket_alloc;
    apr_bucket_brigade *bb = apr_brigade_create(r->pool, alloc);

    if (r->header_only) {
        /* A filter of httpd sets it for answers with a body. */
        ap_set_content_length(r, (apr_off_t)body->length);
        apr_bucket_destroy(body);
    }
    else {
        cctv_reply_append(bb, body);
    }
    cctv_reply_append(bb, apr_bucket_eos_create(alloc));
    /* Ignore errors: a client may close its connection at any time. */
    ap_pass_brigade(r->output_filters, bb);
    return OK;
}

/* A json_dump_callback_t. */
static int append(const char *text, size_t len, void *buffer)
{
    cctv_json_t *out = buffer;

    cctv_json_raw(out, text, len);
    return out->failed ? -1 : 0;
}

/* @return NULL: there is no memory for the whole text. A part is never
 *         sent. */
static apr_bucket *dump(request_rec *r, const json_t *json)
{
    cctv_json_t out;

    cctv_json_init(&out, SMALL_SIZE);
    if (json_dump_callback(json, append, &out, FORMAT) != 0 || out.failed) {
        cctv_json_free(&out);
        return NULL;
    }
    return apr_bucket_heap_create(out.data, out.len, free,
                                  r->connection->bucket_alloc);
}

static int send_small(request_rec *r, int status, const char *type,
                      apr_bucket *body)
{
    if (body == NULL) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    r->status = status;
    apr_table_setn(r->headers_out, "Cache-Control", "no-store");
    ap_set_content_type(r, type);
    return send_body(r, body);
}

/* @param json  owned by this function */
static int dump_and_send(request_rec *r, int status, const char *type,
                         json_t *json)
{
    apr_bucket *body = json == NULL ? NULL : dump(r, json);

    json_decref(json);
    return send_small(r, status, type, body);
}

int cctv_reply_json(request_rec *r, int status, json_t *body)
{
    return dump_and_send(r, status, "application/json", body);
}

int cctv_reply_json_text(request_rec *r, int status, const char *text,
                         size_t len)
{
    return send_small(
        r, status, "application/json",
        apr_bucket_transient_create(text, len, r->connection->bucket_alloc));
}

int cctv_reply_text(request_rec *r, int status, const char *type,
                    const char *text)
{
    return send_small(r, status, type,
                      apr_bucket_transient_create(
                          text, strlen(text), r->connection->bucket_alloc));
}

int cctv_reply_empty(request_rec *r, int status)
{
    r->status = status;
    return OK;
}

static const char *title(int status)
{
    /* The status line is "404 Not Found"; skip the number. */
    return ap_get_status_line(status) + 4;
}

/* @param name   of a further member
 * @param value  of that member; NULL: it is left out */
static int send_problem(request_rec *r, int status, const char *type,
                        const char *seconds, const char *detail,
                        const char *name, const char *value)
{
    /* s* leaves the member out if its value is NULL. */
    json_t *problem = json_pack("{s:s, s:s, s:i, s:s, s:s*}", "type", type,
                                "title", title(status), "status", status,
                                "detail", detail, name, value);

    if (seconds != NULL) {
        apr_table_setn(r->headers_out, "Retry-After", seconds);
    }
    return dump_and_send(r, status, "application/problem+json", problem);
}

int cctv_reply_problem_because(request_rec *r, int status, const char *type,
                               const char *seconds, const char *detail,
                               const char *reason)
{
    return send_problem(r, status, type, seconds, detail, "reason", reason);
}

int cctv_reply_problem_noted(request_rec *r, int status, const char *type,
                             const char *seconds, const char *detail,
                             const char *note)
{
    return send_problem(r, status, type, seconds, detail, "note",
                        note[0] == '\0' ? NULL : note);
}

int cctv_reply_problem_of(request_rec *r, int status, const char *type,
                          const char *seconds, const char *detail)
{
    return send_problem(r, status, type, seconds, detail, "reason", NULL);
}

int cctv_reply_problem(request_rec *r, int status, const char *detail)
{
    return cctv_reply_problem_of(
        r, status, "about:blank",
        status == HTTP_SERVICE_UNAVAILABLE ? "1" : NULL, detail);
}

const char *cctv_reply_methods(int method)
{
    switch (method) {
    case M_GET:
        return "GET, HEAD, OPTIONS";
    case M_PATCH:
        return "PATCH, DELETE, OPTIONS";
    default:
        return "POST, OPTIONS";
    }
}

static const char *how_to_ask(int method)
{
    switch (method) {
    case M_GET:
        return "This can only be read: use GET or HEAD.";
    case M_PATCH:
        return "This takes an answer, or its end: use PATCH or DELETE.";
    default:
        return "This takes what is sent to it: use POST.";
    }
}

bool cctv_reply_allows(request_rec *r, int method, int *result)
{
    if (r->method_number == method
        || (method == M_PATCH && r->method_number == M_DELETE)) {
        return true;
    }
    apr_table_setn(r->headers_out, "Allow", cctv_reply_methods(method));
    if (r->method_number == M_OPTIONS) {
        *result = cctv_reply_empty(r, HTTP_NO_CONTENT);
    }
    else {
        *result = cctv_reply_problem(r, HTTP_METHOD_NOT_ALLOWED,
                                     how_to_ask(method));
    }
    return false;
}

bool cctv_reply_is_unchanged(request_rec *r, const char *tag)
{
    apr_table_setn(r->headers_out, "ETag", tag);
    apr_table_setn(r->headers_out, "Cache-Control", "private");
    /* If-None-Match refers to the whole page. If another page includes this
     * answer, the field does not refer to this answer. */
    if (r->main == NULL
        && cctv_etag_matches(apr_table_get(r->headers_in, "If-None-Match"),
                             tag)) {
        r->status = HTTP_NOT_MODIFIED;
        return true;
    }
    return false;
}

int cctv_reply_changed_page(request_rec *r, const char *type, char *data,
                            size_t len)
{
    ap_set_content_type(r, type);
    return send_body(r, apr_bucket_heap_create(data, len, cctv_buffers_give,
                                               r->connection->bucket_alloc));
}

int cctv_reply_page(request_rec *r, const char *type, char *data, size_t len)
{
    char *tag = apr_palloc(r->pool, CCTV_ETAG_SIZE);

    cctv_etag_init(tag, data, len);
    if (cctv_reply_is_unchanged(r, tag)) {
        free(data);
        return OK;
    }
    return cctv_reply_changed_page(r, type, data, len);
}
