/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_cors.h
 * @brief What pages of other sites may do: CCTVAllowOrigin.
 * Layer: httpd.
 */
#ifndef CCTV_HTTP_MOD_CORS_H
#define CCTV_HTTP_MOD_CORS_H

#include "httpd.h"

#include <stdbool.h>

/**
 * Say in the header of the answer, whatever it will be, what a page of the
 * request's origin may do with it; and in that of a preflight's, what it may
 * ask for. To be called before anything is answered.
 *
 * @param method  as for cctv_reply_allows()
 */
void cctv_cors_apply(request_rec *r, int method);

/**
 * Whether the request may change something: it comes of a page of this host
 * or of an allowed origin, or of no page. If not, it has been answered: 403.
 *
 * @param result  then written: what the handler has to return
 */
bool cctv_cors_is_trusted(request_rec *r, int *result);

#endif
