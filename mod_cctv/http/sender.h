/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file sender.h
 * @brief Whether the page that sends a request may change something here.
 * Layer: pure.
 *
 * A page of another site must not act in the name of its visitors. Browsers say
 * where a page is from, in fields that no script can set:
 *
 * - Sec-Fetch-Site compares the origins as the browser sees them, so it is
 *   right whatever a proxy does to Host. Browsers send it over https and to
 *   localhost only, Safari since 16.4.
 * - Origin is sent with every POST. It is "null" in sandboxed frames, after a
 *   redirect by another site, and with some browsers for beacons and forms (not
 *   for fetch()) of a page with the Referrer-Policy no-referrer.
 *
 * | Sec-Fetch-Site            | Origin                 |         |
 * |---------------------------|------------------------|---------|
 * | same-origin               | any                    | trusted |
 * | same-site, cross-site     | listed                 | trusted |
 * | same-site, cross-site     | any other, or not sent | refused |
 * | none, unknown, or missing | not sent: not a page   | trusted |
 * | none, unknown, or missing | listed, or of the Host | trusted |
 * | none, unknown, or missing | any other              | refused |
 */
#ifndef CCTV_HTTP_SENDER_H
#define CCTV_HTTP_SENDER_H

#include "apr_tables.h"

#include <stdbool.h>

/** The header fields of a request, and what they are compared with. */
typedef struct {
    const char *site;   /**< Sec-Fetch-Site; NULL: not sent */
    const char *origin; /**< Origin; NULL: not sent */
    const char *host;   /**< Host; NULL: not sent */
    /** Whether this server knows that it is reached over https. Then a page
     *  loaded over http is another origin: anybody in the network between may
     *  have changed it. */
    bool is_https;
    /** The other origins that are allowed (cctv_origin_t). NULL: none. */
    const apr_array_header_t *listed;
} cctv_sender_t;

typedef enum {
    CCTV_SENDER_TRUSTED,
    /** The browser says that the page is of another origin. */
    CCTV_SENDER_OF_ANOTHER_SITE,
    /** The page has another host, port or scheme than Host. It may still be one
     *  of ours, if a proxy changes Host. */
    CCTV_SENDER_OF_ANOTHER_HOST,
    /** The browser does not tell the origin of the page. */
    CCTV_SENDER_HIDDEN
} cctv_sender_verdict_t;

/**
 * Whether Sec-Fetch-Site alone makes a sender trusted: the first line of the
 * table above.
 *
 * @param site  NULL: not sent
 */
bool cctv_sender_is_same_origin(const char *site);

/** Judge a request by the table above. Thread-safe. Allocates nothing. */
cctv_sender_verdict_t cctv_sender_judge(const cctv_sender_t *sender);

/**
 * What the administrator can do about a refusal: a static English sentence,
 * which names no host.
 *
 * @param verdict  not CCTV_SENDER_TRUSTED
 */
const char *cctv_sender_advice(cctv_sender_verdict_t verdict);

#endif
