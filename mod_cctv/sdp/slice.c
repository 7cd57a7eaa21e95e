/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file slice.c
 * @brief A part of a text, and reading an SDP line by line.
 * Layer: pure.
 */
#include "sdp/slice.h"

#include "apr_cstr.h"

#include <string.h>

#define MAX_DIGITS 10

static const cctv_slice_t none = { NULL, 0 };

cctv_slice_t cctv_slice(const char *text)
{
    return (cctv_slice_t){ text, strlen(text) };
}

bool cctv_slice_equals(cctv_slice_t a, cctv_slice_t b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool cctv_slice_is(cctv_slice_t slice, const char *text)
{
    return slice.at != NULL && cctv_slice_equals(slice, cctv_slice(text));
}

/* Not strncasecmp(), which depends on the locale. */
bool cctv_slice_is_same_letters(cctv_slice_t slice, const char *text)
{
    return slice.at != NULL && slice.len == strlen(text)
           && apr_cstr_casecmpn(slice.at, text, slice.len) == 0;
}

bool cctv_slice_starts(cctv_slice_t slice, const char *start)
{
    size_t len = strlen(start);

    return slice.len >= len && memcmp(slice.at, start, len) == 0;
}

bool cctv_slice_consists_of(cctv_slice_t slice, const char *characters,
                            size_t min, size_t max)
{
    size_t i;

    if (slice.at == NULL || slice.len < min || slice.len > max) {
        return false;
    }
    for (i = 0; i < slice.len; i++) {
        if (slice.at[i] == '\0' || strchr(characters, slice.at[i]) == NULL) {
            return false;
        }
    }
    return true;
}

cctv_slice_t cctv_slice_cut(cctv_slice_t *rest, char separator)
{
    cctv_slice_t head = *rest;
    const char *end = rest->len == 0 ? NULL
                                     : memchr(rest->at, separator, rest->len);

    if (end == NULL) {
        *rest = none;
        return head;
    }
    head.len = (size_t)(end - head.at);
    rest->at += head.len + 1;
    rest->len -= head.len + 1;
    return head;
}

cctv_slice_t cctv_slice_trim(cctv_slice_t slice)
{
    while (slice.len > 0 && slice.at[0] == ' ') {
        slice.at++;
        slice.len--;
    }
    while (slice.len > 0 && slice.at[slice.len - 1] == ' ') {
        slice.len--;
    }
    return slice;
}

long long cctv_slice_number(cctv_slice_t slice, long long max)
{
    long long number = 0;
    size_t i;

    if (!cctv_slice_consists_of(slice, "0123456789", 1, MAX_DIGITS)) {
        return -1;
    }
    for (i = 0; i < slice.len; i++) {
        number = number * 10 + (slice.at[i] - '0');
    }
    return number <= max ? number : -1;
}

bool cctv_sdp_next_line(cctv_slice_t *rest, cctv_slice_t *line)
{
    while (rest->len > 0) {
        *line = cctv_slice_cut(rest, '\n');
        /* Without an LF after it, a CR is part of the line. */
        if (rest->at != NULL && line->len > 0
            && line->at[line->len - 1] == '\r') {
            line->len--;
        }
        if (line->len > 0) {
            return true;
        }
    }
    return false;
}

bool cctv_sdp_next_attribute(cctv_slice_t *rest, const char *name,
                             cctv_slice_t *value)
{
    cctv_slice_t line;

    while (cctv_sdp_next_line(rest, &line)) {
        cctv_slice_t found;

        if (!cctv_slice_starts(line, "a=")) {
            continue;
        }
        line.at += 2;
        line.len -= 2;
        found = cctv_slice_cut(&line, ':');
        if (cctv_slice_is(found, name)) {
            if (value != NULL) {
                *value = line;
            }
            return true;
        }
    }
    return false;
}

cctv_slice_t cctv_sdp_attribute(cctv_slice_t lines, const char *name)
{
    cctv_slice_t value = none;

    (void)cctv_sdp_next_attribute(&lines, name, &value);
    return value;
}

bool cctv_sdp_has_attribute(cctv_slice_t lines, const char *name)
{
    return cctv_sdp_next_attribute(&lines, name, NULL);
}

cctv_slice_t cctv_sdp_format_attribute(cctv_slice_t lines, const char *name,
                                       int payload_type)
{
    cctv_slice_t value;

    while (cctv_sdp_next_attribute(&lines, name, &value)) {
        cctv_slice_t number = cctv_slice_cut(&value, ' ');

        if (cctv_slice_number(number, 127) == payload_type) {
            return cctv_slice_trim(value);
        }
    }
    return none;
}

cctv_slice_t cctv_sdp_parameter(cctv_slice_t fmtp, const char *name)
{
    while (fmtp.len > 0) {
        cctv_slice_t value = cctv_slice_cut(&fmtp, ';');
        cctv_slice_t found = cctv_slice_cut(&value, '=');

        if (cctv_slice_is_same_letters(cctv_slice_trim(found), name)) {
            return value.at == NULL ? none : cctv_slice_trim(value);
        }
    }
    return none;
}
