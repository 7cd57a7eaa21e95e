/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file reader.h
 * @brief A JSON object from the body of a request.
 * Layer: pure.
 */
#ifndef CCTV_JSON_READER_H
#define CCTV_JSON_READER_H

#include "apr_pools.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * Whether a Content-Type announces JSON: application/json, or text/plain,
 * which is what navigator.sendBeacon() sends; with any parameters.
 *
 * @param type  the field's value; NULL: not sent, announces nothing
 * Thread-safe. Allocates nothing.
 */
bool cctv_json_is_type(const char *type);

/**
 * Read one JSON object, and nothing behind it. A member that is given twice
 * and a string with a NUL in it are refused.
 *
 * @param pool    the text of why lives there
 * @param text    len bytes, not necessarily NUL-terminated; not kept
 * @param object  written only on success; for json_decref()
 * @param why     on failure, an English sentence for the client that says
 *                what is wrong and where, with nothing of the text in it
 * @return APR_SUCCESS; APR_EINVAL for text that is wrong; APR_ENOMEM
 * Thread-safe.
 */
apr_status_t cctv_json_parse(apr_pool_t *pool, const char *text, size_t len,
                             json_t **object, const char **why);

/**
 * Whether there is memory to parse len bytes of JSON. Ask before each
 * json_load…(): where an allocation fails, jansson's parser drops bytes of a
 * string, or ends the process by an assertion.
 * Thread-safe.
 */
bool cctv_json_has_memory(size_t len);

#endif
