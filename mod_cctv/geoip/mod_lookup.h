/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_lookup.h
 * @brief Looks up the country of a request's client.
 * Layer: httpd.
 */
#ifndef CCTV_GEOIP_MOD_LOOKUP_H
#define CCTV_GEOIP_MOD_LOOKUP_H

#include "geoip/country.h"

#include "httpd.h"
#include "http_config.h"

/**
 * Look up the country of the request's client, using the address that httpd
 * sees (mod_remoteip may set it). The result is CCTV_COUNTRY_UNKNOWN if there
 * is no database or the address is not in it.
 *
 * The first request after CCTV_GEOIP_LOOK also checks whether the file was
 * replaced. Thread-safe.
 */
cctv_country_t cctv_geoip_lookup(request_rec *r);

/**
 * When the database in use was built: seconds since 1970; 0: there is no
 * database.
 */
int64_t cctv_geoip_build_time(void);

/**
 * The setter of CCTVGeoIPDatabase. It opens the file; the database lives as
 * long as the configuration.
 */
const char *cctv_geoip_set_database(cmd_parms *cmd, const char *path,
                                    void *value);

#endif
