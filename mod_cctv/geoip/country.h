/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file country.h
 * @brief Represents a country as a number of 10 bits, which fits into keys.
 * Layer: pure.
 */
#ifndef CCTV_GEOIP_COUNTRY_H
#define CCTV_GEOIP_COUNTRY_H

#include <stddef.h>
#include <stdint.h>

/**
 * A two-letter code of ISO 3166: 1 for AA, 2 for AB … 676 for ZZ; or
 * CCTV_COUNTRY_UNKNOWN. The numbers are stored in files, so they must not
 * change.
 */
typedef uint16_t cctv_country_t;

#define CCTV_COUNTRY_UNKNOWN 0
/** All countries are less than this number. */
#define CCTV_COUNTRY_END (1 + 26 * 26)

/** "GB", or "unknown"; NUL-terminated. The text never needs escaping. */
typedef struct {
    char text[8];
} cctv_country_label_t;

/**
 * Get the country of a code.
 *
 * @param letters  two ASCII letters in either case, not necessarily
 *                 NUL-terminated
 * @param len      the length of letters in bytes
 * @return CCTV_COUNTRY_UNKNOWN if the letters are anything else
 * Thread-safe. Allocates nothing.
 */
cctv_country_t cctv_country_of(const char *letters, size_t len);

/**
 * Get the label of a country in the metrics: "unknown" for any number that is
 * not a country. Thread-safe.
 */
cctv_country_label_t cctv_country_label(cctv_country_t country);

#endif
