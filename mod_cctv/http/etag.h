/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file etag.h
 * @brief Makes entity tags from the bytes of an answer, and finds them in
 *        If-None-Match.
 * Layer: pure.
 */
#ifndef CCTV_HTTP_ETAG_H
#define CCTV_HTTP_ETAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Two quotes, 16 hexadecimal digits and a NUL. */
#define CCTV_ETAG_SIZE 19

/**
 * Write the strong entity tag of these bytes, with its quotes. Thread-safe.
 */
void cctv_etag_init(char tag[CCTV_ETAG_SIZE], const char *data, size_t len);

/** Write the tag that stands for a number. Thread-safe. */
void cctv_etag_number(char tag[CCTV_ETAG_SIZE], uint64_t number);

/**
 * Whether an If-None-Match value names this tag (RFC 9110, 13.1.2, weak
 * comparison). A tag with the suffix "-gzip" or "-br" matches, too:
 * mod_deflate and mod_brotli put it inside the quotes when they compress an
 * answer.
 *
 * @param header  the value of the field; NULL: the field was not sent; it
 *                never matches
 * @param tag     from cctv_etag_init()
 * Thread-safe. Allocates nothing.
 */
bool cctv_etag_matches(const char *header, const char *tag);

#endif
