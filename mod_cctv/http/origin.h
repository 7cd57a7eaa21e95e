/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file origin.h
 * @brief Parses and compares web origins (RFC 6454).
 * Layer: pure.
 */
#ifndef CCTV_HTTP_ORIGIN_H
#define CCTV_HTTP_ORIGIN_H

#include "http/host.h"

#include "apr_tables.h"

#include <stdbool.h>

typedef struct {
    char host[CCTV_HOST_SIZE]; /**< lower case; IPv6 without brackets */
    bool is_https;
    /** 1 to 65535; the default port of the scheme if the text has none */
    int port;
} cctv_origin_t;

/**
 * Parse "https://host[:port]" or "http://host[:port]", with IPv6 addresses in
 * brackets. Case does not matter. Nothing may precede or follow it.
 *
 * @param text  NUL-terminated; not kept
 * @param out   defined only on success
 * Thread-safe. Allocates nothing.
 */
bool cctv_origin_parse(const char *text, cctv_origin_t *out);

/** Whether two origins are the same. Thread-safe. Allocates nothing. */
bool cctv_origin_equals(const cctv_origin_t *a, const cctv_origin_t *b);

/**
 * Whether an origin is in a list of cctv_origin_t. NULL: the list is empty.
 * Thread-safe. Allocates nothing.
 */
bool cctv_origin_is_listed(const cctv_origin_t *origin,
                           const apr_array_header_t *list);

/**
 * Whether a Host field names the host and port of this origin. A Host without
 * a port has the default port of the origin's scheme.
 *
 * @param host  the value of the field; NULL: the field was not sent; the
 *              result is false
 * Thread-safe. Allocates nothing.
 */
bool cctv_origin_is_host(const cctv_origin_t *origin, const char *host);

#endif
