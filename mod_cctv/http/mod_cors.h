/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_cors.h
 * @brief CORS: what pages of other origins may do (CCTVAllowOrigin).
 * Layer: httpd.
 */
#ifndef CCTV_HTTP_MOD_CORS_H
#define CCTV_HTTP_MOD_CORS_H

#include "httpd.h"

#include <stdbool.h>

/**
 * Set the CORS fields in the header of the answer. In the answer to a
 * preflight request they also say what the page may ask for. Call it before
 * anything is answered; it applies to errors, too. A second call does nothing.
 *
 * @param method  as for cctv_reply_allows()
 */
void cctv_cors_apply(request_rec *r, int method);

/**
 * Whether the request may change something: it comes from a page of this
 * origin or of an allowed one, or from a client that is not a browser (see
 * http/sender.h). If not, the request has been answered with 403.
 *
 * @param result  written if not: what the handler has to return
 */
bool cctv_cors_is_trusted(request_rec *r, int *result);

/** As cctv_cors_is_trusted(), but pages of other origins are refused although
 *  CCTVAllowOrigin lists them. */
bool cctv_cors_is_own(request_rec *r, int *result);

#endif
