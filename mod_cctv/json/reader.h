/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file reader.h
 * @brief Parses the body of a request as a JSON object.
 * Layer: pure.
 */
#ifndef CCTV_JSON_READER_H
#define CCTV_JSON_READER_H

#include "apr_pools.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * Whether a Content-Type announces JSON: application/json or, because
 * navigator.sendBeacon() sends it, text/plain; with any parameters.
 *
 * @param type  the value of the field; NULL: the field was not sent; the
 *              result is false
 * Thread-safe. Allocates nothing.
 */
bool cctv_json_is_type(const char *type);

/**
 * Parse exactly one JSON object. Duplicate members, strings that contain a
 * NUL, and anything after the object are refused.
 *
 * @param pool    owns the text of why
 * @param text    len bytes, not necessarily NUL-terminated; not kept
 * @param object  written only on success; the caller owns it: json_decref() it
 * @param why     written on failure: an English sentence for the client that
 *                says what is wrong and where, without any of the text in it
 * @return APR_SUCCESS; APR_EINVAL for invalid text; APR_ENOMEM
 * Thread-safe.
 */
apr_status_t cctv_json_parse(apr_pool_t *pool, const char *text, size_t len,
                             json_t **object, const char **why);

/**
 * Whether there is memory to parse len bytes of JSON. Ask before each
 * json_load…(): if an allocation fails, jansson's parser drops bytes of a
 * string, or ends the process by an assertion.
 * Thread-safe.
 */
bool cctv_json_has_memory(size_t len);

#endif
