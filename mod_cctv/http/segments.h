/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file segments.h
 * @brief Splits and resolves the segments of a URL's path.
 * Layer: pure.
 */
#ifndef CCTV_HTTP_SEGMENTS_H
#define CCTV_HTTP_SEGMENTS_H

#include "apr_pools.h"

#include <stdbool.h>

/**
 * Whether a decoded path has the only spelling that all rules of an
 * administrator interpret alike: it starts with a slash and has no "." or
 * "..", no backslash, no control character, and no empty segment except at its
 * end.
 *
 * Thread-safe. Allocates nothing.
 */
bool cctv_segments_are_plain(const char *path);

/**
 * Resolve a path: percent-decode it once, and remove empty segments and ".".
 * Text that cannot be decoded stays as it is.
 *
 * @param path       the path as it was sent, without its query
 * @param takes_back  whether ".." removes the segment before it; otherwise
 *                    ".." is only left out
 * @return allocated from pool, without a slash at its end; "" for the root
 * Thread-safe.
 */
char *cctv_segments_resolve(apr_pool_t *pool, const char *path,
                            bool takes_back);

/**
 * A reference from one path of a server to another, such as "42/x" from
 * "/whep/42" to "/whep/42/x". It stays right if a proxy puts the same prefix
 * before both paths.
 *
 * @return allocated from pool; not escaped
 * Thread-safe.
 */
const char *cctv_segments_relative(apr_pool_t *pool, const char *from,
                                   const char *to);

#endif
