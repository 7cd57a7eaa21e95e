/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_body.c
 * @brief Reads the body of a request.
 * Layer: httpd.
 */
#include "http/mod_body.h"

#include "http/number.h"
#include "http/mod_reply.h"
#include "json/reader.h"
#include "core/mod_log.h"

#include "apr_buckets.h"
#include "apr_strings.h"
#include "http_protocol.h"
#include "util_filter.h"

#include <stdbool.h>
#include <stddef.h>

/* Refuse a body because of its Content-Length, so that a client that waits for
 * "100 Continue" does not send it. */
static bool is_announced_too_large(request_rec *r, size_t max)
{
    const char *text = apr_table_get(r->headers_in, "Content-Length");
    int length;

    return text != NULL && cctv_number_parse_count(text, (int)max + 1, &length)
           && length > (int)max;
}

/* These macros of httpd cast volatile away, which -Wcast-qual reports. */
static bool is_end(const apr_bucket_brigade *bb)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wcast-qual"
    return !APR_BRIGADE_EMPTY(bb) && APR_BUCKET_IS_EOS(APR_BRIGADE_LAST(bb));
#pragma GCC diagnostic pop
}

static int fail(request_rec *r, apr_status_t rv)
{
    /* On AP_FILTER_ERROR httpd has already answered and logged, for example
     * because of broken chunks or LimitRequestBody. */
    if (rv != AP_FILTER_ERROR) {
        CCTV_LOG_R(APLOG_INFO, rv, r, "CCTV0024",
                   "the body of the request cannot be read");
    }
    return ap_map_http_request_error(rv, HTTP_BAD_REQUEST);
}

/* Read the whole body even if its type is wrong, so that no part of it stays
 * on the connection. Returns OK or the status of the answer.
 * @param data  max + 1 bytes */
static int read_all(request_rec *r, char *data, size_t max, size_t *len)
{
    apr_bucket_brigade *bb = apr_brigade_create(r->pool,
                                                r->connection->bucket_alloc);
    apr_status_t rv;
    bool ended = false;

    *len = 0;
    while (!ended) {
        apr_size_t piece = max + 1 - *len;

        rv = ap_get_brigade(r->input_filters, bb, AP_MODE_READBYTES,
                            APR_BLOCK_READ, (apr_off_t)piece);
        if (rv == APR_SUCCESS) {
            rv = apr_brigade_flatten(bb, data + *len, &piece);
        }
        if (rv != APR_SUCCESS) {
            return fail(r, rv);
        }
        *len += piece;
        if (*len > max) {
            return HTTP_REQUEST_ENTITY_TOO_LARGE;
        }
        ended = is_end(bb);
        apr_brigade_cleanup(bb);
    }
    return OK;
}

static const char *describe(apr_pool_t *pool, int status, size_t max)
{
    switch (status) {
    case HTTP_REQUEST_ENTITY_TOO_LARGE:
        return apr_psprintf(pool,
                            "The body is too large: send at most "
                            "%" APR_SIZE_T_FMT " bytes.",
                            max);
    case HTTP_REQUEST_TIME_OUT:
        return "The body did not come in time; send it again.";
    default:
        return "The body did not come as it was announced: all of it has to "
               "be sent.";
    }
}

const char *cctv_body_read(request_rec *r, size_t max, size_t *len,
                           int *result)
{
    char *text = apr_palloc(r->pool, max + 1);
    int status = is_announced_too_large(r, max) ? HTTP_REQUEST_ENTITY_TOO_LARGE
                                                : read_all(r, text, max, len);

    if (status == OK) {
        text[*len] = '\0';
        return text;
    }
    *result = status == AP_FILTER_ERROR
                  ? status
                  : cctv_reply_problem(r, status,
                                       describe(r->pool, status, max));
    return NULL;
}

const char *cctv_body_read_json_text(request_rec *r, size_t max, size_t *len,
                                     int *result)
{
    const char *text = cctv_body_read(r, max, len, result);

    if (text != NULL
        && !cctv_json_is_type(apr_table_get(r->headers_in, "Content-Type"))) {
        *result = cctv_reply_problem(r, HTTP_UNSUPPORTED_MEDIA_TYPE,
                                     "The body has to be JSON, sent as "
                                     "application/json or text/plain.");
        return NULL;
    }
    return text;
}

json_t *cctv_body_parse_json(request_rec *r, const char *text, size_t len,
                             int *result)
{
    json_t *object;
    const char *why;
    apr_status_t rv = cctv_json_parse(r->pool, text, len, &object, &why);

    if (rv != APR_SUCCESS) {
        *result = cctv_reply_problem(
            r, rv == APR_ENOMEM ? HTTP_SERVICE_UNAVAILABLE : HTTP_BAD_REQUEST,
            why);
        return NULL;
    }
    return object;
}

json_t *cctv_body_read_json(request_rec *r, size_t max, int *result)
{
    size_t len;
    const char *text = cctv_body_read_json_text(r, max, &len, result);

    return text == NULL ? NULL : cctv_body_parse_json(r, text, len, result);
}
