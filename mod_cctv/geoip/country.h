/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file country.h
 * @brief A country as a number of 10 bits, to be packed into keys.
 * Layer: pure.
 */
#ifndef CCTV_GEOIP_COUNTRY_H
#define CCTV_GEOIP_COUNTRY_H

#include <stddef.h>
#include <stdint.h>

/** An ISO 3166 code of two letters: 1 for AA, 2 for AB … 676 for ZZ; or
 *  CCTV_COUNTRY_UNKNOWN. The numbers do not change: they are stored. */
typedef uint16_t cctv_country_t;

#define CCTV_COUNTRY_UNKNOWN 0
/** Every country is less than this. */
#define CCTV_COUNTRY_END (1 + 26 * 26)

/** "GB", or "unknown"; NUL-terminated, nothing in it has to be escaped. */
typedef struct {
    char text[8];
} cctv_country_label_t;

/**
 * The country of a code.
 *
 * @param letters  two ASCII letters, either case; need not end in NUL
 * @param len      of letters: bytes
 * @return CCTV_COUNTRY_UNKNOWN where they are anything else
 * Thread-safe. Allocates nothing.
 */
cctv_country_t cctv_country_of(const char *letters, size_t len);

/** What a metric calls the country: "unknown" for any number that is none.
 *  Thread-safe. */
cctv_country_label_t cctv_country_label(cctv_country_t country);

#endif
