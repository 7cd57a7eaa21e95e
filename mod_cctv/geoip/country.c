/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file country.c
 * @brief Represents a country as a number of 10 bits, which fits into keys.
 * Layer: pure.
 */
#include "geoip/country.h"

_Static_assert(CCTV_COUNTRY_END <= 1 << 10, "a country takes over 10 bits");

/* The index of a letter, 0 to 25; -1 for any other character. Does not depend
 * on the locale. */
static int index_of(char letter)
{
    if (letter >= 'A' && letter <= 'Z') {
        return letter - 'A';
    }
    return letter >= 'a' && letter <= 'z' ? letter - 'a' : -1;
}

cctv_country_t cctv_country_of(const char *letters, size_t len)
{
    int first;
    int second;

    if (len != 2) {
        return CCTV_COUNTRY_UNKNOWN;
    }
    first = index_of(letters[0]);
    second = index_of(letters[1]);
    return first < 0 || second < 0 ? CCTV_COUNTRY_UNKNOWN
                                   : (cctv_country_t)(1 + first * 26 + second);
}

cctv_country_label_t cctv_country_label(cctv_country_t country)
{
    if (country == CCTV_COUNTRY_UNKNOWN || country >= CCTV_COUNTRY_END) {
        return (cctv_country_label_t){ "unknown" };
    }
    return (cctv_country_label_t){ { (char)('A' + (country - 1) / 26),
                                     (char)('A' + (country - 1) % 26),
                                     '\0' } };
}
