/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file since.c
 * @brief Since when a camera has its status, as the API writes it.
 * Layer: pure.
 */
#include "cameras/since.h"

#include <string.h>

#define DAY INT64_C(86400)

/* The calendar repeats after 400 years. A year is counted from March, so that
 * the day of a leap year is its last one. */
#define ERA_DAYS INT64_C(146097)

/* From 0000-03-01 to 1970-01-01. */
#define DAYS_TO_1970 INT64_C(719468)

typedef struct {
    int64_t year;
    int64_t month;
    int64_t day;
} date_t;

static date_t date_of(int64_t days)
{
    int64_t from_start = days + DAYS_TO_1970;
    int64_t era = from_start / ERA_DAYS;
    int64_t day = from_start % ERA_DAYS;
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    int64_t of_year = day - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153;

    return (date_t){ era * 400 + year + (month >= 10),
                     month < 10 ? month + 3 : month - 9,
                     of_year - (153 * month + 2) / 5 + 1 };
}

static int64_t days_of(date_t date)
{
    int64_t year = date.year - (date.month <= 2);
    int64_t era = year / 400;
    int64_t of_era = year % 400;
    int64_t month = date.month > 2 ? date.month - 3 : date.month + 9;
    int64_t of_year = (153 * month + 2) / 5 + date.day - 1;

    return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year
           - DAYS_TO_1970;
}

/* Two digits, and what follows them. */
static char *put(char *out, uint32_t number, char end)
{
    out[0] = (char)('0' + number / 10);
    out[1] = (char)('0' + number % 10);
    out[2] = end;
    return out + 3;
}

char *cctv_since_put_text(char *out, int64_t seconds)
{
    date_t date = date_of(seconds / DAY);
    uint32_t rest = (uint32_t)(seconds % DAY);
    uint32_t year = (uint32_t)date.year;

    out[0] = (char)('0' + year / 1000);
    out[1] = (char)('0' + year / 100 % 10);
    out = put(out + 2, year % 100, '-');
    out = put(out, (uint32_t)date.month, '-');
    out = put(out, (uint32_t)date.day, 'T');
    out = put(out, rest / 3600, ':');
    out = put(out, rest / 60 % 60, ':');
    return put(out, rest % 60, 'Z');
}

char *cctv_since_put(char *out, int64_t seconds)
{
    size_t length = sizeof CCTV_SINCE_NAME - 1;

    if (seconds == 0) {
        return out;
    }
    memcpy(out, CCTV_SINCE_NAME, length);
    out = cctv_since_put_text(out + length, seconds);
    *out++ = '"';
    return out;
}

int64_t cctv_since_parse(const char *text)
{
    static const char form[] = "0000-00-00T00:00:00Z";
    int64_t numbers[6] = { 0 };
    char again[CCTV_SINCE_TEXT_SIZE];
    int64_t seconds;
    int n = 0;
    int i;

    for (i = 0; i < CCTV_SINCE_TEXT_SIZE; i++) {
        if (form[i] != '0') {
            n++;
        }
        else if (text[i] >= '0' && text[i] <= '9') {
            numbers[n] = numbers[n] * 10 + (text[i] - '0');
        }
        else {
            return 0;
        }
    }
    seconds = days_of((date_t){ numbers[0], numbers[1], numbers[2] }) * DAY
              + numbers[3] * 3600 + numbers[4] * 60 + numbers[5];
    if (cctv_since_of(seconds) == 0) {
        return 0;
    }
    /* It has to be written in the same way: no 31st of June. */
    cctv_since_put_text(again, seconds);
    return memcmp(again, text, sizeof again) == 0 ? seconds : 0;
}
