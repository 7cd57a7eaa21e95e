/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_add_slash.h
 * @brief The handler that redirects /map to /map/.
 * Layer: httpd.
 */
#ifndef CCTV_HTTP_MOD_ADD_SLASH_H
#define CCTV_HTTP_MOD_ADD_SLASH_H

#include "httpd.h"

/**
 * Redirect to the same path with a slash at its end. The address is relative,
 * so it is also right behind a proxy that removes a prefix or changes the
 * Host; the redirect of mod_dir is not.
 */
int cctv_add_slash_handler(request_rec *r);

#endif
