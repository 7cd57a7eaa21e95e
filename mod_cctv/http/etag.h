/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file etag.h
 * @brief Entity tags: made of an answer's bytes, found in If-None-Match.
 * Layer: pure.
 */
#ifndef CCTV_HTTP_ETAG_H
#define CCTV_HTTP_ETAG_H

#include <stdbool.h>
#include <stddef.h>

/** Two quotes, 16 hexadecimal digits, NUL. */
#define CCTV_ETAG_SIZE 19

/** The strong entity tag of these bytes, quoted. Thread-safe. */
void cctv_etag_init(char tag[CCTV_ETAG_SIZE], const char *data, size_t len);

/**
 * Whether an If-None-Match value names this tag (RFC 9110, 13.1.2, weak
 * comparison), also with the suffix that mod_deflate ("-gzip") or mod_brotli
 * ("-br") puts inside the quotes of what they compress.
 *
 * @param header  the field's value; NULL: not sent, never matches
 * @param tag     from cctv_etag_init()
 * Thread-safe. Allocates nothing.
 */
bool cctv_etag_matches(const char *header, const char *tag);

#endif
