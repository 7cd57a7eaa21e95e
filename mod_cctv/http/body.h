/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file body.h
 * @brief The body of a request as JSON.
 * Layer: httpd.
 */
#ifndef CCTV_HTTP_BODY_H
#define CCTV_HTTP_BODY_H

#include "httpd.h"

#include <jansson.h>

/**
 * Read the body, at most 4 KiB, as a JSON object. Where that is not what was
 * sent, the request has been answered: 400, 408, 413 or 415 as a problem, or
 * by httpd itself.
 *
 * @param result  then written: what the handler has to return
 * @return the object, for json_decref(); NULL: it has been answered
 */
json_t *cctv_body_read_json(request_rec *r, int *result);

#endif
