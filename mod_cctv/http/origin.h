/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file origin.h
 * @brief Web origins (RFC 6454): parsed, and compared.
 * Layer: pure.
 */
#ifndef CCTV_HTTP_ORIGIN_H
#define CCTV_HTTP_ORIGIN_H

#include "http/host.h"

#include <stdbool.h>

typedef struct {
    char host[CCTV_HOST_SIZE]; /**< lower case; IPv6 without brackets */
    bool is_https;
    int port; /**< 1 to 65535; the scheme's own where none is given */
} cctv_origin_t;

/**
 * Parse "https://host[:port]" or "http://host[:port]"; IPv6 stands in
 * brackets. Case does not matter. Nothing may stand before it or behind it.
 *
 * @param text  NUL-terminated; not kept
 * @param out   defined only on success
 * Thread-safe. Allocates nothing.
 */
bool cctv_origin_parse(const char *text, cctv_origin_t *out);

/** Whether they are the same. Thread-safe. Allocates nothing. */
bool cctv_origin_equals(const cctv_origin_t *a, const cctv_origin_t *b);

/**
 * Whether a Host field names the host and port of this origin. A Host without
 * a port has that of the origin's scheme.
 *
 * @param host  the field's value; NULL: not sent, names nothing
 * Thread-safe. Allocates nothing.
 */
bool cctv_origin_is_host(const cctv_origin_t *origin, const char *host);

#endif
