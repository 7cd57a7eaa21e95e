/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file segments.c
 * @brief Splits and resolves the segments of a URL's path.
 * Layer: pure.
 */
#include "http/segments.h"

#include "apr_lib.h"
#include "apr_strings.h"

#include <stdlib.h>
#include <string.h>

static bool is_dots(const char *segment, size_t len)
{
    return (len == 1 && segment[0] == '.')
           || (len == 2 && segment[0] == '.' && segment[1] == '.');
}

/* As iscntrl() of the locale "C", which looks into a table. */
static bool is_control(char c)
{
    return (unsigned char)c < ' ' || c == '\x7f';
}

bool cctv_segments_are_plain(const char *path)
{
    const char *p;

    if (path[0] != '/') {
        return false;
    }
    for (p = path; *p != '\0'; p++) {
        if (*p == '\\' || is_control(*p)) {
            return false;
        }
        if (*p == '/'
            && (p[1] == '/'
                || (p[1] == '.' && is_dots(p + 1, strcspn(p + 1, "/"))))) {
            return false;
        }
    }
    return true;
}

/* Decode in place. Text that is not an escape, and the escape of a NUL, stay
 * as they are. */
static void percent_decode(char *text)
{
    const char *in = text;
    char *out = text;

    while (*in != '\0') {
        char digits[3] = { in[1], '\0', '\0' };

        if (in[1] != '\0') {
            digits[1] = in[2];
        }
        if (*in == '%' && apr_isxdigit(digits[0]) && apr_isxdigit(digits[1])
            && strcmp(digits, "00") != 0) {
            *out++ = (char)strtol(digits, NULL, 16);
            in += 3;
        }
        else {
            *out++ = *in++;
        }
    }
    *out = '\0';
}

char *cctv_segments_resolve(apr_pool_t *pool, const char *path,
                            bool takes_back)
{
    char *text = apr_pstrdup(pool, path);
    char *resolved = apr_palloc(pool, strlen(path) + 2);
    char *out = resolved;
    const char *in;

    percent_decode(text);
    for (in = text; *in != '\0'; in += *in == '/' ? 1 : 0) {
        size_t len = strcspn(in, "/");

        if (len == 2 && is_dots(in, len) && takes_back) {
            while (out > resolved && *--out != '/') {
            }
        }
        else if (len > 0 && !is_dots(in, len)) {
            *out++ = '/';
            memcpy(out, in, len);
            out += len;
        }
        in += len;
    }
    *out = '\0';
    return resolved;
}

const char *cctv_segments_relative(apr_pool_t *pool, const char *from,
                                   const char *to)
{
    const char *up = "";
    size_t common = 0;
    size_t i;

    for (i = 0; from[i] != '\0' && from[i] == to[i]; i++) {
        if (from[i] == '/') {
            common = i + 1;
        }
    }
    for (i = common; from[i] != '\0'; i++) {
        if (from[i] == '/') {
            up = apr_pstrcat(pool, up, "../", NULL);
        }
    }
    return apr_pstrcat(pool, up, to + common, NULL);
}
