/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file number.c
 * @brief Reads whole numbers and times from the arguments of directives.
 * Layer: pure.
 */
#include "config/number.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *name;
    int64_t us;
} units[] = {
    { "", 1000000 },
    { "s", 1000000 },
    { "ms", 1000 },
    { "min", 60000000 },
};

/* @return the end of the digits; NULL: there is no digit, or the number is too
 *         large */
static const char *read_digits(const char *text, int64_t *value)
{
    const char *at = text;
    int64_t number = 0;

    for (; *at >= '0' && *at <= '9'; at++) {
        int digit = *at - '0';

        if (number > (INT64_MAX - digit) / 10) {
            return NULL;
        }
        number = number * 10 + digit;
    }
    *value = number;
    return at == text ? NULL : at;
}

bool cctv_config_parse_number(const char *text, int64_t *value)
{
    int64_t number;
    const char *end = read_digits(text, &number);

    if (end == NULL || *end != '\0') {
        return false;
    }
    *value = number;
    return true;
}

bool cctv_config_parse_time(const char *text, int64_t *value)
{
    int64_t number;
    const char *unit = read_digits(text, &number);
    size_t i;

    for (i = 0; unit != NULL && i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(unit, units[i].name) == 0
            && number <= INT64_MAX / units[i].us) {
            *value = number * units[i].us;
            return true;
        }
    }
    return false;
}
