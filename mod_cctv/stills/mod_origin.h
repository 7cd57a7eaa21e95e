/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_origin.h
 * @brief Where the picture of a camera comes from, with its login.
 * Layer: httpd.
 */
#ifndef CCTV_STILLS_MOD_ORIGIN_H
#define CCTV_STILLS_MOD_ORIGIN_H

#include "stills/url.h"

#include "httpd.h"

#include <stdbool.h>

typedef struct {
    const char *url; /**< a secret, if its login is in it */
    const char *host;
    const char *user; /**< NULL: there is no login */
    const char *password;
} cctv_origin_still_t;

/**
 * Find the login for the address of a picture.
 *
 * @param url   of the database; lives as long as the pool
 * @param key   the external_id of the camera; NULL: it has none, or no login
 *              needs it
 * @return false: it cannot be used
 */
bool cctv_origin_find(apr_pool_t *pool, const char *url, const char *key,
                      cctv_origin_still_t *out);

/** @return whether a login is for the external_id of a camera */
bool cctv_origin_needs_key(void);

#endif
