/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_body.h
 * @brief The body of a request: text, or JSON.
 * Layer: httpd.
 */
#ifndef CCTV_HTTP_MOD_BODY_H
#define CCTV_HTTP_MOD_BODY_H

#include "httpd.h"

#include <jansson.h>

/**
 * Read the body, whatever its type. Where it does not come, the request has
 * been answered: 400, 408 or 413 as a problem, or by httpd itself.
 *
 * @param max     bytes
 * @param len     of the text, which a NUL follows
 * @param result  written where it has been answered: what the handler has to
 *                return
 * @return the text, in the request's pool; NULL: it has been answered
 */
const char *cctv_body_read(request_rec *r, size_t max, size_t *len,
                           int *result);

/** Read it as a JSON object, which is for json_decref(). It may be answered
 *  with 415, too; otherwise as cctv_body_read(). */
json_t *cctv_body_read_json(request_rec *r, size_t max, int *result);

#endif
