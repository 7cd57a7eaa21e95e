/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_map.h
 * @brief Checks the tiles of the map page: config.json and the content
 *        security policy.
 * Layer: httpd.
 */
#ifndef CCTV_CHECK_MOD_MAP_H
#define CCTV_CHECK_MOD_MAP_H

#include "httpd.h"

#include <stdbool.h>

/**
 * Check CCTV_MAP_TILES, and warn of a config.json in CCTV_MAP_CONFIG that is
 * broken or names tiles that browsers will refuse. Does nothing if
 * cctv-map.conf is not in use.
 *
 * @param may_warn  whether config.json is checked
 * @return false: CCTV_MAP_TILES is wrong, which has been logged
 */
bool cctv_check_map(apr_pool_t *ptemp, server_rec *s, bool may_warn);

#endif
