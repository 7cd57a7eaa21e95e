/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file plain.c
 * @brief Reads the plainest JSON objects, those with one member, without
 *        jansson.
 * Layer: pure.
 */
#include "json/plain.h"

#include <string.h>

/* A number with more digits may be too large. */
#define DIGITS_MAX 9

typedef struct {
    const char *at;
    const char *end;
} rest_t;

static void skip_blanks(rest_t *rest)
{
    while (rest->at < rest->end
           && (*rest->at == ' ' || *rest->at == '\t' || *rest->at == '\n'
               || *rest->at == '\r')) {
        rest->at++;
    }
}

static bool take(rest_t *rest, char c)
{
    skip_blanks(rest);
    if (rest->at == rest->end || *rest->at != c) {
        return false;
    }
    rest->at++;
    return true;
}

static bool is_plain(char c)
{
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

/* Read a text in quotes. @return false: there is none, or it is not plain */
static bool take_text(rest_t *rest, const char **value, size_t *size)
{
    const char *at;

    if (!take(rest, '"')) {
        return false;
    }
    for (at = rest->at; at < rest->end && is_plain(*at); at++) {
    }
    *value = rest->at;
    *size = (size_t)(at - rest->at);
    rest->at = at + 1;
    return at < rest->end && *at == '"';
}

/* Read this name in quotes. */
static bool take_name(rest_t *rest, const char *name)
{
    size_t size = strlen(name);

    if (!take(rest, '"') || (size_t)(rest->end - rest->at) <= size
        || memcmp(rest->at, name, size) != 0 || rest->at[size] != '"') {
        return false;
    }
    rest->at += size + 1;
    return true;
}

/* Read everything before the value. */
static bool begin(rest_t *rest, const char *name)
{
    return take(rest, '{') && take_name(rest, name) && take(rest, ':');
}

/* Read everything behind the value. */
static bool end(rest_t *rest)
{
    if (!take(rest, '}')) {
        return false;
    }
    skip_blanks(rest);
    return rest->at == rest->end;
}

bool cctv_json_plain_text(const char *text, size_t len, const char *name,
                          const char **value, size_t *size)
{
    rest_t rest = { text, text + len };

    return begin(&rest, name) && take_text(&rest, value, size) && end(&rest);
}

bool cctv_json_plain_number(const char *text, size_t len, const char *name,
                            int32_t *value)
{
    rest_t rest = { text, text + len };
    int32_t number = 0;
    int digits = 0;

    if (!begin(&rest, name)) {
        return false;
    }
    skip_blanks(&rest);
    while (digits < DIGITS_MAX && rest.at < rest.end && *rest.at >= '0'
           && *rest.at <= '9') {
        number = number * 10 + (*rest.at++ - '0');
        /* JSON has no number that starts with a zero. */
        if (number == 0) {
            return false;
        }
        digits++;
    }
    *value = number;
    return digits > 0 && end(&rest);
}
