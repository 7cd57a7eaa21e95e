/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file datetime.c
 * @brief Checks the parameter datetime of OGC API - Features.
 * Layer: pure.
 */
#include "ogc/datetime.h"

#include <stddef.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* In a pattern '0' stands for a digit; every other character for itself. */
static bool matches(const char *text, size_t len, const char *pattern)
{
    size_t i;

    for (i = 0; i < len && pattern[i] != '\0'; i++) {
        if (pattern[i] == '0' ? !is_digit(text[i]) : text[i] != pattern[i]) {
            return false;
        }
    }
    return i == len && pattern[i] == '\0';
}

static int number(const char *text)
{
    return (text[0] - '0') * 10 + text[1] - '0';
}

static bool is_date(const char *text, size_t len)
{
    return matches(text, len, "0000-00-00") && number(text + 5) >= 1
           && number(text + 5) <= 12 && number(text + 8) >= 1
           && number(text + 8) <= 31;
}

/* "Z", "+01:00", "-01:00" */
static bool is_zone(const char *text, size_t len)
{
    return matches(text, len, "Z") || matches(text, len, "z")
           || ((matches(text, len, "+00:00") || matches(text, len, "-00:00"))
               && number(text + 1) <= 23 && number(text + 4) <= 59);
}

/* "12:00:00" with or without a fraction, and a zone. */
static bool is_time(const char *text, size_t len)
{
    size_t at = 8;

    if (len < at || !matches(text, at, "00:00:00") || number(text) > 23
        || number(text + 3) > 59 || number(text + 6) > 60) {
        return false;
    }
    if (at < len && text[at] == '.') {
        size_t start = ++at;

        while (at < len && is_digit(text[at])) {
            at++;
        }
        if (at == start) {
            return false;
        }
    }
    return is_zone(text + at, len - at);
}

static bool is_instant(const char *text, size_t len)
{
    return is_date(text, len)
           || (len > 11 && is_date(text, 10)
               && (text[10] == 'T' || text[10] == 't')
               && is_time(text + 11, len - 11));
}

static bool is_open(const char *text, size_t len)
{
    return len == 0 || matches(text, len, "..");
}

bool cctv_datetime_is_valid(const char *text)
{
    size_t first = strcspn(text, "/");
    const char *end = text + first + 1;
    size_t second;

    if (text[first] == '\0') {
        return is_instant(text, first);
    }
    second = strlen(end);
    return (is_instant(text, first) || is_open(text, first))
           && (is_instant(end, second) || is_open(end, second))
           && !(is_open(text, first) && is_open(end, second));
}
