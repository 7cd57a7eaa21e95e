/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file members.c
 * @brief Reads the properties of a Feature.
 * Layer: pure.
 *
 * The text is valid JSON without blanks. A file may be damaged all the same, so
 * nothing is read behind its end.
 */
#include "tiles/members.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

const char *cctv_members_begin(const char *feature, const char *end)
{
    static const char properties[] = ",\"properties\":{";
    const char *at = memmem(feature, (size_t)(end - feature), properties,
                            sizeof properties - 1);

    return at == NULL ? NULL : at + sizeof properties - 1;
}

/* @param at  behind the first quote. @return at the last quote; NULL: there is
 * none */
static const char *end_of_text(const char *at, const char *end)
{
    for (; at < end && *at != '"'; at++) {
        at += *at == '\\';
    }
    return at < end ? at : NULL;
}

/* The end of a value that is no text: the comma or the bracket behind it. */
static const char *end_of_word(const char *at, const char *end)
{
    int depth = 0;

    for (; at < end; at++) {
        if (*at == '"') {
            at = end_of_text(at + 1, end);
            if (at == NULL) {
                return NULL;
            }
        }
        else if (*at == '[' || *at == '{') {
            depth++;
        }
        else if (depth == 0 && (*at == ',' || *at == '}')) {
            return at;
        }
        else if (*at == ']' || *at == '}') {
            depth--;
        }
    }
    return NULL;
}

static cctv_member_kind_t kind_of(char first)
{
    return first == 't'   ? CCTV_MEMBER_TRUE
           : first == 'f' ? CCTV_MEMBER_FALSE
           : first == '-' || (first >= '0' && first <= '9')
               ? CCTV_MEMBER_NUMBER
               : CCTV_MEMBER_OTHER;
}

static const char *read_value(const char *at, const char *end,
                              cctv_member_t *out)
{
    if (at >= end) {
        return NULL;
    }
    if (*at == '"') {
        out->kind = CCTV_MEMBER_TEXT;
        out->value = at + 1;
        at = end_of_text(at + 1, end);
        out->length = at == NULL ? 0 : (size_t)(at - out->value);
        return at == NULL ? NULL : at + 1;
    }
    out->kind = kind_of(*at);
    out->value = at;
    at = end_of_word(at, end);
    out->length = at == NULL ? 0 : (size_t)(at - out->value);
    return at;
}

const char *cctv_members_next(const char *at, const char *end,
                              cctv_member_t *out)
{
    at += at < end && *at == ',';
    if (at >= end || *at != '"') {
        return NULL;
    }
    out->name = at + 1;
    at = end_of_text(at + 1, end);
    if (at == NULL || end - at < 2 || at[1] != ':') {
        return NULL;
    }
    out->name_length = (size_t)(at - out->name);
    return read_value(at + 2, end, out);
}

static unsigned hex(const char *digits)
{
    char text[5] = { digits[0], digits[1], digits[2], digits[3], '\0' };

    return (unsigned)strtoul(text, NULL, 16);
}

/* What the writer of JSON escapes with \u is below U+0020; all else is UTF-8. */
char *cctv_members_unescape(const char *text, size_t length, char *out)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    const char *end = text + length;

    while (text < end) {
        const char *known;

        if (*text != '\\' || text + 1 == end) {
            *out++ = *text++;
            continue;
        }
        text++;
        known = strchr(from, *text);
        if (*text == 'u' && end - text >= 5 && hex(text + 1) < 0x80) {
            *out++ = (char)hex(text + 1);
            text += 5;
            continue;
        }
        *out++ = known == NULL || *text == '\0' ? *text : to[known - from];
        text++;
    }
    return out;
}
