/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.h
 * @brief The directive about the GeoIP database.
 * Layer: httpd.
 */
#ifndef CCTV_GEOIP_MOD_SETTINGS_H
#define CCTV_GEOIP_MOD_SETTINGS_H

#include "config/mod_settings.h"

#define CCTV_GEOIP_SETTINGS(NUMBER, TIME, FLAG, OTHER)                        \
    OTHER(const char *, path, "CCTVGeoIPDatabase", SERVER, TAKE1,             \
          cctv_geoip_set_database,                                            \
          "the MaxMind DB file that has the country of an address")

CCTV_SERVER_SETTINGS_DECLARE(geoip, CCTV_GEOIP_SETTINGS);

#endif
