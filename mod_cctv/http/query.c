/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file query.c
 * @brief Parses a query string with a fixed list of parameters.
 * Layer: pure.
 */
#include "http/query.h"

#include "core/utf8.h"

#include "apr_lib.h"
#include "apr_strings.h"

#include <stdbool.h>
#include <string.h>

/* An error message repeats at most so many bytes of an unknown name: enough to
 * show a typo, too few for an attacker to place a text of their own. */
#define ECHO_MAX 32

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

/* Decode in place. @return false: the text is not valid */
static bool decode(char *text)
{
    const char *in = text;
    char *out = text;

    for (; *in != '\0'; in++) {
        if (*in == '+') {
            *out++ = ' ';
        }
        else if (*in == '%') {
            int high = hex_digit(in[1]);
            int low = high < 0 ? -1 : hex_digit(in[2]);

            if (low < 0 || (high == 0 && low == 0)) {
                return false;
            }
            *out++ = (char)(high * 16 + low);
            in += 2;
        }
        else {
            *out++ = *in;
        }
    }
    *out = '\0';
    return cctv_utf8_is_valid(text, (size_t)(out - text));
}

static bool is_echoable(const char *name)
{
    const char *p;

    for (p = name; *p != '\0'; p++) {
        if (!apr_isalnum(*p) && *p != '_' && *p != '-' && *p != '.') {
            return false;
        }
    }
    return p > name && p - name <= ECHO_MAX;
}

static const char *unknown(apr_pool_t *pool, const char *name,
                           const char *const *names, size_t count)
{
    const char *known = count > 0 ? names[0] : "none";
    size_t i;

    for (i = 1; i < count; i++) {
        known = apr_pstrcat(pool, known, ", ", names[i], NULL);
    }
    if (!is_echoable(name)) {
        return apr_pstrcat(
            pool, "There is an unknown parameter; known: ", known, ".", NULL);
    }
    return apr_pstrcat(pool, "The parameter \"", name,
                       "\" is unknown; known: ", known, ".", NULL);
}

apr_status_t cctv_query_parse(apr_pool_t *pool, const char *args,
                              const char *const *names, size_t count,
                              const char **values, const char **why)
{
    char *rest = NULL;
    char *piece;
    size_t i;

    for (i = 0; i < count; i++) {
        values[i] = NULL;
    }
    if (args == NULL) {
        return APR_SUCCESS;
    }
    for (piece = apr_strtok(apr_pstrdup(pool, args), "&", &rest);
         piece != NULL; piece = apr_strtok(NULL, "&", &rest)) {
        char *value = strchr(piece, '=');

        if (value == NULL) {
            value = piece + strlen(piece);
        }
        else {
            *value++ = '\0';
        }
        if (!decode(piece) || !decode(value)) {
            *why = "The query string is not percent-encoded UTF-8.";
            return APR_EINVAL;
        }
        for (i = 0; i < count && strcmp(piece, names[i]) != 0; i++) {
        }
        if (i == count) {
            *why = unknown(pool, piece, names, count);
            return APR_EINVAL;
        }
        if (values[i] != NULL) {
            *why = apr_pstrcat(pool, "The parameter \"", names[i],
                               "\" is given more than once.", NULL);
            return APR_EINVAL;
        }
        values[i] = value;
    }
    return APR_SUCCESS;
}

const char *cctv_query_take(apr_pool_t *pool, const char *args,
                            const char *name, const char **value)
{
    char *at = NULL;
    char *rest;
    char *end;
    char *piece;

    *value = NULL;
    if (args == NULL) {
        return "";
    }
    rest = end = apr_palloc(pool, strlen(args) + 1);
    for (piece = apr_strtok(apr_pstrdup(pool, args), "&", &at); piece != NULL;
         piece = apr_strtok(NULL, "&", &at)) {
        size_t len = strlen(piece);
        const char *found;
        const char *why;

        if (cctv_query_parse(pool, piece, &name, 1, &found, &why)
            == APR_SUCCESS) {
            *value = found;
            continue;
        }
        if (end > rest) {
            *end++ = '&';
        }
        memcpy(end, piece, len);
        end += len;
    }
    *end = '\0';
    return rest;
}
