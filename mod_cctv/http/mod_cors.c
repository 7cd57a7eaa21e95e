/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_cors.c
 * @brief CORS: what pages of other origins may do (CCTVAllowOrigin).
 * Layer: httpd.
 */
#include "http/mod_cors.h"

#include "http/origin.h"
#include "http/mod_reply.h"
#include "http/mod_settings.h"
#include "core/mod_log.h"

#include "http_protocol.h"

#include <string.h>

static bool is_listed(const request_rec *r, const cctv_origin_t *origin)
{
    const apr_array_header_t *list = cctv_http_settings(r)->origins;
    int i;

    for (i = 0; list != NULL && i < list->nelts; i++) {
        if (cctv_origin_equals(&APR_ARRAY_IDX(list, i, cctv_origin_t),
                               origin)) {
            return true;
        }
    }
    return false;
}

static bool is_preflight(const request_rec *r)
{
    return r->method_number == M_OPTIONS
           && apr_table_get(r->headers_in, "Access-Control-Request-Method")
                  != NULL;
}

void cctv_cors_apply(request_rec *r, int method)
{
    const apr_array_header_t *list = cctv_http_settings(r)->origins;
    const char *text = apr_table_get(r->headers_in, "Origin");
    /* httpd sends err_headers_out also with errors and with 304. */
    apr_table_t *headers = r->err_headers_out;
    cctv_origin_t origin;

    if (list == NULL || list->nelts == 0) {
        return;
    }
    apr_table_mergen(headers, "Vary", "Origin");
    if (text == NULL || !cctv_origin_parse(text, &origin)
        || !is_listed(r, &origin)) {
        return;
    }
    apr_table_setn(headers, "Access-Control-Allow-Origin", text);
    apr_table_setn(headers, "Access-Control-Allow-Credentials", "true");
    if (is_preflight(r)) {
        apr_table_setn(headers, "Access-Control-Allow-Methods",
                       cctv_reply_methods(method));
        apr_table_setn(headers, "Access-Control-Allow-Headers",
                       method == M_PATCH
                           ? "Authorization, Content-Type, If-Match"
                           : "Authorization, Content-Type, If-None-Match");
        apr_table_setn(headers, "Access-Control-Max-Age", "600");
    }
    else {
        apr_table_setn(headers, "Access-Control-Expose-Headers",
                       "Accept-Patch, ETag, Link, Location, Retry-After");
    }
}

/* Whether an origin is this host. A page loaded over http is another origin
 * than this host over https, since anybody in the network between may have
 * changed the page. Behind a proxy that ends TLS, httpd takes the request for
 * http unless ServerName says https. */
static bool is_of_this_host(const request_rec *r, const cctv_origin_t *origin)
{
    return cctv_origin_is_host(origin, apr_table_get(r->headers_in, "Host"))
           && (origin->is_https || strcmp(ap_http_scheme(r), "https") != 0);
}

bool cctv_cors_is_trusted(request_rec *r, int *result)
{
    const char *text = apr_table_get(r->headers_in, "Origin");
    cctv_origin_t origin;

    /* Every browser sends Origin with a POST. A client that is not a browser
     * cannot be misused by a page. */
    if (text == NULL) {
        return true;
    }
    if (cctv_origin_parse(text, &origin)
        && (is_of_this_host(r, &origin) || is_listed(r, &origin))) {
        return true;
    }
    CCTV_LOG_R(APLOG_INFO, 0, r, "CCTV0025",
               "a POST of a page of %s is refused: it is neither this host "
               "nor in CCTVAllowOrigin",
               text);
    *result = cctv_reply_problem(
        r, HTTP_FORBIDDEN,
        "Pages of that origin may not send this: the server's administrator "
        "has to list it in CCTVAllowOrigin.");
    return false;
}
