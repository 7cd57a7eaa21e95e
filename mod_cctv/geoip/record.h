/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file record.h
 * @brief What a MaxMind DB file has on a network.
 * Layer: pure.
 */
#ifndef CCTV_GEOIP_RECORD_H
#define CCTV_GEOIP_RECORD_H

#include "geoip/country.h"

#include <maxminddb.h>
#include <stdbool.h>

/**
 * The country of a record: `country.iso_code`, as MaxMind has it, or else a
 * flat `country_code`. ZZ, which stands for none, is unknown.
 *
 * Thread-safe. Allocates nothing.
 */
cctv_country_t cctv_geoip_record_country(const MMDB_entry_s *record);

/**
 * Whether a record is what the format allows, all that it points to
 * included: libmaxminddb, who reads a part of it at each lookup, takes deep
 * nesting and lengths as they come.
 *
 * @param offset  of the record in the data section, anything
 * @param seen    a bit for each byte of the data section: the values that
 *                were looked at are not looked at again
 */
bool cctv_geoip_record_is_sound(const MMDB_s *mmdb, uint32_t offset,
                                uint8_t *seen);

#endif
