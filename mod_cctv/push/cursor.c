/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file cursor.c
 * @brief A cursor: up to which change a client knows the cameras, as text.
 * Layer: pure.
 */
#include "push/cursor.h"

#include <inttypes.h>
#include <stdio.h>

#define EPOCH_DIGITS  16
#define NUMBER_DIGITS 16
#define ROLES_DIGITS  8

_Static_assert(CCTV_CURSOR_SIZE
                   == EPOCH_DIGITS + 1 + NUMBER_DIGITS + 1 + ROLES_DIGITS + 1,
               "the longest cursor has another size");

void cctv_cursor_write(const cctv_cursor_t *cursor, char *text)
{
    snprintf(text, CCTV_CURSOR_SIZE, "%016" PRIx64 "-%" PRIx64 "-%08" PRIx32,
             cursor->epoch, cursor->number, cursor->roles);
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Read hexadecimal digits. @return their number */
static int read_number(const char *text, int most, uint64_t *number)
{
    int count = 0;

    *number = 0;
    while (count < most && digit_of(text[count]) >= 0) {
        *number = *number << 4 | (uint64_t)digit_of(text[count]);
        count++;
    }
    return count;
}

bool cctv_cursor_read(const char *text, cctv_cursor_t *out)
{
    cctv_cursor_t cursor;
    uint64_t roles;
    int digits;

    if (read_number(text, EPOCH_DIGITS, &cursor.epoch) != EPOCH_DIGITS
        || text[EPOCH_DIGITS] != '-') {
        return false;
    }
    text += EPOCH_DIGITS + 1;
    digits = read_number(text, NUMBER_DIGITS, &cursor.number);
    /* A number has one spelling. */
    if (digits == 0 || (digits > 1 && text[0] == '0') || text[digits] != '-') {
        return false;
    }
    text += digits + 1;
    if (read_number(text, ROLES_DIGITS, &roles) != ROLES_DIGITS
        || text[ROLES_DIGITS] != '\0') {
        return false;
    }
    cursor.roles = (uint32_t)roles;
    *out = cursor;
    return true;
}
