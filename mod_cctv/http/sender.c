/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file sender.c
 * @brief Whether the page that sends a request may change something here.
 * Layer: pure.
 */
#include "http/sender.h"

#include "http/origin.h"

#include <stddef.h>
#include <string.h>

static bool is_listed(const cctv_sender_t *sender, const cctv_origin_t *origin)
{
    return cctv_origin_is_listed(origin, sender->listed);
}

static bool is_of_host(const cctv_sender_t *sender,
                       const cctv_origin_t *origin)
{
    return cctv_origin_is_host(origin, sender->host)
           && (origin->is_https || !sender->is_https);
}

static bool has_site(const cctv_sender_t *sender, const char *name)
{
    return sender->site != NULL && strcmp(sender->site, name) == 0;
}

bool cctv_sender_is_same_origin(const char *site)
{
    return site != NULL && strcmp(site, "same-origin") == 0;
}

cctv_sender_verdict_t cctv_sender_judge(const cctv_sender_t *sender)
{
    cctv_origin_t origin;
    bool has_origin;

    if (cctv_sender_is_same_origin(sender->site)) {
        return CCTV_SENDER_TRUSTED;
    }
    has_origin = sender->origin != NULL
                 && cctv_origin_parse(sender->origin, &origin);
    if (has_origin && is_listed(sender, &origin)) {
        return CCTV_SENDER_TRUSTED;
    }
    if (has_site(sender, "same-site") || has_site(sender, "cross-site")) {
        return CCTV_SENDER_OF_ANOTHER_SITE;
    }
    if (sender->origin == NULL
        || (has_origin && is_of_host(sender, &origin))) {
        return CCTV_SENDER_TRUSTED;
    }
    return strcmp(sender->origin, "null") == 0 ? CCTV_SENDER_HIDDEN
                                               : CCTV_SENDER_OF_ANOTHER_HOST;
}

const char *cctv_sender_advice(cctv_sender_verdict_t verdict)
{
    switch (verdict) {
    case CCTV_SENDER_OF_ANOTHER_SITE:
        return "This page is of another site. If it may use this server, the "
               "administrator lists its origin in CCTVAllowOrigin.";
    case CCTV_SENDER_HIDDEN:
        return "The browser does not tell the origin of this page. Use https, "
               "or another Referrer-Policy than no-referrer. CCTVAllowOrigin "
               "cannot list such a page.";
    default:
        return "The address of this page is not the Host of the request. "
               "Administrator: let the proxy pass Host on (nginx: "
               "proxy_set_header Host $http_host), or set CCTVAllowOrigin.";
    }
}
