/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file reply.c
 * @brief Answers: bodies, problems, methods.
 * Layer: httpd.
 */
#include "http/reply.h"

#include "http/etag.h"

#include "http_protocol.h"
#include "http_request.h"
#include "util_filter.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define READ_METHODS "GET, HEAD, OPTIONS"

/* The macro casts a volatile away, which clang counts as ours. */
static void append(apr_bucket_brigade *bb, apr_bucket *bucket)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wcast-qual"
    APR_BRIGADE_INSERT_TAIL(bb, bucket);
#pragma GCC diagnostic pop
}

/* One bucket, however large: in its 8 KB pieces apr_brigade_write() falls
 * to 161 answers a second at 327 KB. */
static int send_body(request_rec *r, char *data, size_t len)
{
    apr_bucket_alloc_t *alloc = r->connection->bucket_alloc;
    apr_bucket_brigade *bb = apr_brigade_create(r->pool, alloc);

    ap_set_content_length(r, (apr_off_t)len);
    if (r->header_only) {
        free(data);
    }
    else {
        append(bb, apr_bucket_heap_create(data, len, free, alloc));
    }
    append(bb, apr_bucket_eos_create(alloc));
    /* A client that has gone is no error of ours. */
    ap_pass_brigade(r->output_filters, bb);
    return OK;
}

static const char *title(int status)
{
    /* "404 Not Found" */
    return ap_get_status_line(status) + 4;
}

int cctv_reply_problem(request_rec *r, int status, const char *detail)
{
    json_t *problem = json_pack("{s:s, s:s, s:i, s:s}", "type", "about:blank",
                                "title", title(status), "status", status,
                                "detail", detail);
    char *text = problem == NULL ? NULL : json_dumps(problem, JSON_COMPACT);

    json_decref(problem);
    if (text == NULL) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    r->status = status;
    if (status == HTTP_SERVICE_UNAVAILABLE) {
        apr_table_setn(r->headers_out, "Retry-After", "1");
    }
    apr_table_setn(r->headers_out, "Cache-Control", "no-store");
    ap_set_content_type(r, "application/problem+json");
    return send_body(r, text, strlen(text));
}

bool cctv_reply_is_read(request_rec *r, int *result)
{
    if (r->method_number == M_GET) {
        return true;
    }
    apr_table_setn(r->headers_out, "Allow", READ_METHODS);
    if (r->method_number == M_OPTIONS) {
        r->status = HTTP_NO_CONTENT;
        *result = OK;
    }
    else {
        *result = cctv_reply_problem(r, HTTP_METHOD_NOT_ALLOWED,
                                     "This can only be read: use GET or "
                                     "HEAD.");
    }
    return false;
}

int cctv_reply_page(request_rec *r, const char *type, char *data, size_t len)
{
    const char *wanted = apr_table_get(r->headers_in, "If-None-Match");
    char *tag = apr_palloc(r->pool, CCTV_ETAG_SIZE);

    cctv_etag_init(tag, data, len);
    apr_table_setn(r->headers_out, "ETag", tag);
    apr_table_setn(r->headers_out, "Cache-Control", "private");
    /* The condition is about the whole, not about what is included in it. */
    if (r->main == NULL && cctv_etag_matches(wanted, tag)) {
        r->status = HTTP_NOT_MODIFIED;
        free(data);
        return OK;
    }
    ap_set_content_type(r, type);
    return send_body(r, data, len);
}
