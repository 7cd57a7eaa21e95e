/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.c
 * @brief The directive about the GeoIP database.
 * Layer: httpd.
 */
#include "geoip/mod_settings.h"

#include "geoip/mod_lookup.h"

CCTV_SERVER_SETTINGS_DEFINE(geoip, CCTV_GEOIP_SETTINGS)
