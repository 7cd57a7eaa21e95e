/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_floor.c
 * @brief Yardsticks in Apache: handlers without work of their own.
 *
 *   floor-204    reads the body of a POST as the module does, answers 204
 *   floor-json   reads the body too, answers 200 with a little JSON
 *   floor-bytes  sends as many bytes as the query says from one buffer, in
 *                pieces as large as those of /metrics
 *   floor-fixed  sends as many bytes as the query says, at most 1 MB, from one
 *                buffer that never changes, with Content-Length
 *   floor-304    answers 304 with an ETag
 */
#include "httpd.h"
#include "http_config.h"
#include "http_protocol.h"
#include "util_filter.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define BODY_MAX    4096
#define BUFFER_SIZE 65536

#define JSON "{\"watched_seconds\":12.345}"

extern module AP_MODULE_DECLARE_DATA floor_module;

/* Macros of httpd cast a volatile away. */
#pragma GCC diagnostic ignored "-Wcast-qual"

static bool is_end(const apr_bucket_brigade *bb)
{
    return !APR_BRIGADE_EMPTY(bb) && APR_BUCKET_IS_EOS(APR_BRIGADE_LAST(bb));
}

static int read_body(request_rec *r, char *data)
{
    apr_bucket_brigade *bb = apr_brigade_create(r->pool,
                                                r->connection->bucket_alloc);
    apr_size_t len = 0;
    bool ended = false;

    while (!ended) {
        apr_size_t piece = BODY_MAX - len;

        if (piece == 0
            || ap_get_brigade(r->input_filters, bb, AP_MODE_READBYTES,
                              APR_BLOCK_READ, (apr_off_t)piece)
                   != APR_SUCCESS
            || apr_brigade_flatten(bb, data + len, &piece) != APR_SUCCESS) {
            return HTTP_BAD_REQUEST;
        }
        len += piece;
        ended = is_end(bb);
        apr_brigade_cleanup(bb);
    }
    return OK;
}

static int send_json(request_rec *r)
{
    apr_bucket_alloc_t *alloc = r->connection->bucket_alloc;
    apr_bucket_brigade *bb = apr_brigade_create(r->pool, alloc);
    apr_size_t len = sizeof JSON - 1;

    apr_table_setn(r->headers_out, "Cache-Control", "no-store");
    ap_set_content_type(r, "application/json");
    ap_set_content_length(r, (apr_off_t)len);
    APR_BRIGADE_INSERT_TAIL(bb, apr_bucket_immortal_create(JSON, len, alloc));
    APR_BRIGADE_INSERT_TAIL(bb, apr_bucket_eos_create(alloc));
    ap_pass_brigade(r->output_filters, bb);
    return OK;
}

static int send_bytes(request_rec *r)
{
    apr_bucket_alloc_t *alloc = r->connection->bucket_alloc;
    apr_bucket_brigade *bb = apr_brigade_create(r->pool, alloc);
    size_t left = r->args == NULL ? 0 : strtoull(r->args, NULL, 10);
    char *buffer = malloc(BUFFER_SIZE);
    apr_status_t rv = APR_SUCCESS;

    if (buffer == NULL) {
        return HTTP_SERVICE_UNAVAILABLE;
    }
    memset(buffer, 'x', BUFFER_SIZE);
    ap_set_content_type(r, "text/plain");
    while (left > 0 && rv == APR_SUCCESS) {
        size_t len = left < BUFFER_SIZE ? left : BUFFER_SIZE;

        left -= len;
        APR_BRIGADE_INSERT_TAIL(
            bb, apr_bucket_transient_create(buffer, len, alloc));
        APR_BRIGADE_INSERT_TAIL(bb, left == 0
                                        ? apr_bucket_eos_create(alloc)
                                        : apr_bucket_flush_create(alloc));
        rv = ap_pass_brigade(r->output_filters, bb);
        apr_brigade_cleanup(bb);
    }
    free(buffer);
    return OK;
}

static int send_fixed(request_rec *r)
{
    static char buffer[1 << 20];
    apr_bucket_alloc_t *alloc = r->connection->bucket_alloc;
    apr_bucket_brigade *bb = apr_brigade_create(r->pool, alloc);
    size_t size = r->args == NULL ? 0 : strtoull(r->args, NULL, 10);

    size = size < sizeof buffer ? size : sizeof buffer;
    ap_set_content_type(r, "application/geo+json");
    ap_set_content_length(r, (apr_off_t)size);
    APR_BRIGADE_INSERT_TAIL(bb,
                            apr_bucket_immortal_create(buffer, size, alloc));
    APR_BRIGADE_INSERT_TAIL(bb, apr_bucket_eos_create(alloc));
    ap_pass_brigade(r->output_filters, bb);
    return OK;
}

static int send_304(request_rec *r)
{
    apr_table_setn(r->headers_out, "ETag", "\"0123456789abcdef\"");
    apr_table_setn(r->headers_out, "Cache-Control", "private");
    r->status = HTTP_NOT_MODIFIED;
    return OK;
}

/* The handler hook. */
static int handle(request_rec *r)
{
    char body[BODY_MAX];
    int status;

    if (strncmp(r->handler, "floor-", 6) != 0) {
        return DECLINED;
    }
    if (strcmp(r->handler, "floor-bytes") == 0) {
        return send_bytes(r);
    }
    if (strcmp(r->handler, "floor-fixed") == 0) {
        return send_fixed(r);
    }
    if (strcmp(r->handler, "floor-304") == 0) {
        return send_304(r);
    }
    status = read_body(r, body);
    if (status != OK) {
        return status;
    }
    if (strcmp(r->handler, "floor-json") == 0) {
        return send_json(r);
    }
    r->status = HTTP_NO_CONTENT;
    return OK;
}

static void register_hooks(apr_pool_t *p)
{
    (void)p;
    ap_hook_handler(handle, NULL, NULL, APR_HOOK_MIDDLE);
}

AP_DECLARE_MODULE(floor) = {
    STANDARD20_MODULE_STUFF,
    .register_hooks = register_hooks,
};
