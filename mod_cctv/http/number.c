/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file number.c
 * @brief Reads numbers from text that a client sent.
 * Layer: pure.
 */
#include "http/number.h"

#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* No double that %.17g prints is longer; clients send up to 17 digits. */
#define NUMBER_MAX 64

static pthread_once_t locale_once = PTHREAD_ONCE_INIT;
static locale_t c_locale;

/* strtod() depends on the locale of the process. Another module may have set
 * one with a decimal comma. */
static void make_c_locale(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

bool cctv_number_parse_double(const char *text, size_t len, double *out)
{
    char copy[NUMBER_MAX + 1];
    char *end;
    double value;

    if (len == 0 || len > NUMBER_MAX) {
        return false;
    }
    memcpy(copy, text, len);
    copy[len] = '\0';
    /* Without this check strtod() would also accept blanks, "0x10", "inf" and
     * "nan(...)". */
    if (strspn(copy, "0123456789+-.eE") != len) {
        return false;
    }
    pthread_once(&locale_once, make_c_locale);
    value = strtod_l(copy, &end, c_locale);
    if (end != copy + len || !isfinite(value)) {
        return false;
    }
    *out = value;
    return true;
}

bool cctv_number_parse_count(const char *text, int max, int *out)
{
    size_t len = strspn(text, "0123456789");
    int64_t value = 0;

    if (len == 0 || text[len] != '\0') {
        return false;
    }
    for (; *text != '\0' && value <= max; text++) {
        value = value * 10 + (*text - '0');
    }
    *out = value > max ? max : (int)value;
    return true;
}
