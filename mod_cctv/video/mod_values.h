/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_values.h
 * @brief Values that several directives of video take.
 * Layer: httpd.
 */
#ifndef CCTV_VIDEO_MOD_VALUES_H
#define CCTV_VIDEO_MOD_VALUES_H

#include "httpd.h"
#include "http_config.h"

#include <stdbool.h>

/** Take the URL of an API of Janus.
 *  @param url  gets it without a slash at the end, in the pool
 *  @return false: it is not http(s), or has a user or a query */
bool cctv_value_url(apr_pool_t *pool, const char *text, const char **url);

/** Read a file with a secret.
 *  @param error  gets a sentence if the result is NULL
 *  @return the secret, in the pool of the configuration */
const char *cctv_value_secret(const cmd_parms *cmd, const char *path,
                              const char **error);

#endif
