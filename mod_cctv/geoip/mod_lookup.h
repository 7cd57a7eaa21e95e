/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_lookup.h
 * @brief The country that a request comes from.
 * Layer: httpd.
 */
#ifndef CCTV_GEOIP_MOD_LOOKUP_H
#define CCTV_GEOIP_MOD_LOOKUP_H

#include "geoip/country.h"

#include "httpd.h"
#include "http_config.h"

/**
 * The country of the request's client, as httpd sees him (mod_remoteip):
 * CCTV_COUNTRY_UNKNOWN where the database does not know it or there is none.
 *
 * The first request after CCTV_GEOIP_LOOK also looks for a replaced file.
 * Thread-safe.
 */
cctv_country_t cctv_geoip_lookup(request_rec *r);

/** When the database in use was built: seconds since 1970; 0 without one. */
int64_t cctv_geoip_build_time(void);

/** The setter of CCTVGeoIPDatabase: it opens the file, for as long as the
 *  configuration lives. */
const char *cctv_geoip_set_database(cmd_parms *cmd, const char *path,
                                    void *value);

#endif
