/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_body.h
 * @brief Reads the body of a request: text, or JSON.
 * Layer: httpd.
 */
#ifndef CCTV_HTTP_MOD_BODY_H
#define CCTV_HTTP_MOD_BODY_H

#include "httpd.h"

#include <jansson.h>

/**
 * Read the body, whatever its type. If that fails, the request has been
 * answered: with a problem (400, 408 or 413), or by httpd itself.
 *
 * @param max     bytes
 * @param len     the length of the text in bytes, without the NUL after it
 * @param result  written on failure: what the handler has to return
 * @return the text, allocated from r->pool; NULL on failure
 */
const char *cctv_body_read(request_rec *r, size_t max, size_t *len,
                           int *result);

/**
 * Read a body that its Content-Type calls JSON, but do not parse it. As
 * cctv_body_read(), but the answer may also be 415.
 */
const char *cctv_body_read_json_text(request_rec *r, size_t max, size_t *len,
                                     int *result);

/**
 * Parse such a text as a JSON object. If that fails, the request has been
 * answered: with 400, or 503 if there is no memory.
 *
 * @param result  written on failure: what the handler has to return
 * @return the object, which the caller owns: json_decref() it; NULL on failure
 */
json_t *cctv_body_parse_json(request_rec *r, const char *text, size_t len,
                             int *result);

/** Both together. */
json_t *cctv_body_read_json(request_rec *r, size_t max, int *result);

#endif
