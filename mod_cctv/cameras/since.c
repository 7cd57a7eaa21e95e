/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file since.c
 * @brief Since when a camera has its status, as the API writes it.
 * Layer: pure.
 */
#include "cameras/since.h"

#include "metrics/output.h"

#include <string.h>

#define DAY 86400

/* The calendar repeats after 400 years. A year is counted from March, so that
 * the day of a leap year is its last one. */
#define ERA_DAYS 146097

/* From 0000-03-01 to 1970-01-01. */
#define DAYS_TO_1970 719468

typedef struct {
    uint32_t year;
    uint32_t month;
    uint32_t day;
} date_t;

/* Each Feature of a list has a time. With numbers of 32 bits and without loops
 * this takes a fifth of the time. */
static date_t date_of(uint32_t days)
{
    uint32_t from_start = days + DAYS_TO_1970;
    uint32_t era = from_start / ERA_DAYS;
    uint32_t day = from_start % ERA_DAYS;
    uint32_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    uint32_t of_year = day - (365 * year + year / 4 - year / 100);
    uint32_t month = (5 * of_year + 2) / 153;

    return (date_t){ era * 400 + year + (month >= 10),
                     month < 10 ? month + 3 : month - 9,
                     of_year - (153 * month + 2) / 5 + 1 };
}

static int64_t days_of(int64_t full_year, int64_t full_month, int64_t day)
{
    int64_t year = full_year - (full_month <= 2);
    int64_t era = year / 400;
    int64_t of_era = year % 400;
    int64_t month = full_month > 2 ? full_month - 3 : full_month + 9;
    int64_t of_year = (153 * month + 2) / 5 + day - 1;

    return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year
           - DAYS_TO_1970;
}

/* Write a number of two digits. @param end  what follows it */
static char *put(char *out, uint32_t number, char end)
{
    memcpy(out, cctv_output_pairs + (size_t)number * 2, 2);
    out[2] = end;
    return out + 3;
}

char *cctv_since_put_text(char *out, int64_t seconds)
{
    date_t date = date_of((uint32_t)(seconds / DAY));
    uint32_t rest = (uint32_t)(seconds % DAY);

    memcpy(out, cctv_output_pairs + (size_t)(date.year / 100) * 2, 2);
    out = put(out + 2, date.year % 100, '-');
    out = put(out, date.month, '-');
    out = put(out, date.day, 'T');
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
    seconds = days_of(numbers[0], numbers[1], numbers[2]) * DAY
              + numbers[3] * 3600 + numbers[4] * 60 + numbers[5];
    if (cctv_since_of(seconds) == 0) {
        return 0;
    }
    /* It has to be written in the same way: no 31st of June. */
    cctv_since_put_text(again, seconds);
    return memcmp(again, text, sizeof again) == 0 ? seconds : 0;
}
