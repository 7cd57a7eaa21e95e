/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file settings.c
 * @brief The directive about the GeoIP database.
 * Layer: httpd.
 */
#include "geoip/settings.h"

#include "geoip/lookup.h"

CCTV_SERVER_SETTINGS_DEFINE(geoip, CCTV_GEOIP_SETTINGS)
