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
#include "http/sender.h"
#include "core/mod_log.h"

#include "http_protocol.h"

#include <string.h>

/* A note of requests whose answer has these fields. */
#define APPLIED "cctv-cors"

static bool is_preflight(const request_rec *r)
{
    return r->method_number == M_OPTIONS
           && apr_table_get(r->headers_in, "Access-Control-Request-Method")
                  != NULL;
}

void cctv_cors_apply(request_rec *r, int method)
{
    const apr_array_header_t *list = cctv_http_settings(r)->origins;
    /* httpd sends err_headers_out also with errors and with 304. */
    apr_table_t *headers = r->err_headers_out;
    const char *text;
    cctv_origin_t origin;

    if (list == NULL || list->nelts == 0
        || apr_table_get(r->notes, APPLIED) != NULL) {
        return;
    }
    apr_table_setn(r->notes, APPLIED, "");
    apr_table_mergen(headers, "Vary", "Origin");
    text = apr_table_get(r->headers_in, "Origin");
    if (text == NULL || !cctv_origin_parse(text, &origin)
        || !cctv_origin_is_listed(&origin, list)) {
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
                       "Accept-Patch, Age, ETag, Link, Location, Retry-After");
    }
}

/* @param listed  the other origins that are allowed
 * @param advice  of the refusal; NULL: that of the verdict */
static bool judge(request_rec *r, const apr_array_header_t *listed,
                  const char *advice, int *result)
{
    const char *site = apr_table_get(r->headers_in, "Sec-Fetch-Site");
    cctv_sender_t sender;
    cctv_sender_verdict_t verdict;

    /* Most senders; the other fields take longer. */
    if (cctv_sender_is_same_origin(site)) {
        return true;
    }
    /* Behind a proxy that ends TLS, httpd takes the request for http unless
     * ServerName says https. */
    sender = (cctv_sender_t){ .site = site,
                              .origin = apr_table_get(r->headers_in, "Origin"),
                              .host = apr_table_get(r->headers_in, "Host"),
                              .is_https = strcmp(ap_http_scheme(r), "https")
                                          == 0,
                              .listed = listed };
    verdict = cctv_sender_judge(&sender);
    if (verdict == CCTV_SENDER_TRUSTED) {
        return true;
    }
    CCTV_LOG_R(APLOG_INFO, 0, r, "CCTV0025",
               "a %s of a page of %s is refused: it is %sthis host (%s)%s "
               "(Sec-Fetch-Site: %s)",
               r->method, sender.origin == NULL ? "-" : sender.origin,
               advice == NULL ? "neither " : "not ",
               sender.host == NULL ? "-" : sender.host,
               advice == NULL ? " nor in CCTVAllowOrigin" : "",
               sender.site == NULL ? "-" : sender.site);
    *result = cctv_reply_problem_of(
        r, HTTP_FORBIDDEN, CCTV_PROBLEM_ORIGIN, NULL,
        advice == NULL ? cctv_sender_advice(verdict) : advice);
    return false;
}

bool cctv_cors_is_trusted(request_rec *r, int *result)
{
    return judge(r, cctv_http_settings(r)->origins, NULL, result);
}

bool cctv_cors_is_own(request_rec *r, int *result)
{
    return judge(r, NULL,
                 "Only a page of this server may do this, whatever "
                 "CCTVAllowOrigin says. If this is one, its address is not "
                 "the Host of the request: use https, or let the proxy pass "
                 "Host on.",
                 result);
}
