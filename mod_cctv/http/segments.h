/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file segments.h
 * @brief The segments of a URL's path.
 * Layer: pure.
 */
#ifndef CCTV_HTTP_SEGMENTS_H
#define CCTV_HTTP_SEGMENTS_H

#include "apr_pools.h"

#include <stdbool.h>

/**
 * Whether a decoded path is written in the one way that all rules of an
 * administrator understand alike: it starts with a slash, has no empty
 * segment but a last one, no "." and "..", no backslash and no control
 * character.
 *
 * Thread-safe. Allocates nothing.
 */
bool cctv_segments_are_plain(const char *path);

/**
 * The path that a request means, however it is written: percent-decoded once,
 * without empty segments and "."; what cannot be decoded is kept as it is.
 *
 * @param path       as it was sent, without its query
 * @param takes_back  whether ".." takes back the segment before it; otherwise
 *                   it is left out like "."
 * @return from pool, without a slash at its end; "" for the root. Thread-safe.
 */
char *cctv_segments_resolve(apr_pool_t *pool, const char *path,
                            bool takes_back);

#endif
