/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file record.h
 * @brief Reads and checks the records of a MaxMind DB file.
 * Layer: pure.
 */
#ifndef CCTV_GEOIP_RECORD_H
#define CCTV_GEOIP_RECORD_H

#include "geoip/country.h"

#include <maxminddb.h>
#include <stdbool.h>

/**
 * The country of a record: the first of these that is a text of two letters.
 *
 *     country.iso_code        MaxMind, DB-IP, IP2Location
 *     country_code            IPinfo Lite, IPLocate, ip-location-db
 *     country                 IPinfo's country databases
 *     country.code, countryCode, country_iso_code, iso_code,
 *     geo.country_code, location.country.code, location.country_code2
 *                             others
 *     registered_country.iso_code
 *                             MaxMind: where the owner of the address is
 *                             registered, if the place of its user is unknown
 *
 * ZZ and XX mean that there is no country, as do other texts, such as "-": then
 * the next one is taken. The result may be CCTV_COUNTRY_UNKNOWN.
 *
 * Thread-safe. Allocates nothing.
 */
cctv_country_t cctv_geoip_record_country(const MMDB_entry_s *record);

/**
 * Whether a record and everything that it points to is valid. libmaxminddb,
 * which reads a part of it at each lookup, does not check the depth and the
 * lengths.
 *
 * @param offset  of the record in the data section; any value is allowed
 * @param seen    one bit per byte of the data section: marks the values that
 *                were checked already
 */
bool cctv_geoip_record_is_sound(const MMDB_s *mmdb, uint32_t offset,
                                uint8_t *seen);

#endif
