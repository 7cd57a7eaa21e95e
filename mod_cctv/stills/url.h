/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file url.h
 * @brief Parses the address of a camera's still picture.
 * Layer: pure.
 */
#ifndef CCTV_STILLS_URL_H
#define CCTV_STILLS_URL_H

#include "http/host.h"

#include <stdbool.h>

typedef struct {
    /** Lower case; IPv6 without brackets. */
    char host[CCTV_HOST_SIZE];
    int port; /**< 1 to 65535; by default 80 for http, 443 for https */
    /** What follows host and port: empty, or begins with '/', '?' or '#'. */
    const char *path;
} cctv_still_url_t;

/**
 * Parse http://host[:port] or https://host[:port], and what follows it. Text
 * with a user, white space or control characters is refused.
 *
 * @param text  NUL-terminated; out->path points into it
 * @param out   undefined on failure
 * Thread-safe. Allocates nothing.
 */
bool cctv_still_url_parse(const char *text, cctv_still_url_t *out);

#endif
