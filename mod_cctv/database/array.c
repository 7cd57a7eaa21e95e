/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file array.c
 * @brief Writes arrays as PostgreSQL reads them from a parameter.
 * Layer: pure.
 */
#include "database/array.h"

#include <stdio.h>
#include <string.h>

const char *cctv_array_of_texts(apr_pool_t *pool,
                                const apr_array_header_t *texts)
{
    size_t size = 3;
    char *text, *out;
    int i;

    for (i = 0; i < texts->nelts; i++) {
        size += 2 * strlen(APR_ARRAY_IDX(texts, i, const char *)) + 3;
    }
    out = text = apr_palloc(pool, size);
    *out++ = '{';
    for (i = 0; i < texts->nelts; i++) {
        const char *p = APR_ARRAY_IDX(texts, i, const char *);

        if (i > 0) {
            *out++ = ',';
        }
        *out++ = '"';
        for (; *p != '\0'; p++) {
            if (*p == '"' || *p == '\\') {
                *out++ = '\\';
            }
            *out++ = *p;
        }
        *out++ = '"';
    }
    *out++ = '}';
    *out = '\0';
    return text;
}

const char *cctv_array_of_ints(apr_pool_t *pool, const int *numbers, int count)
{
    /* A number has at most 11 characters; each is followed by a comma. */
    size_t size = (size_t)count * 12 + 3;
    char *text = apr_palloc(pool, size);
    size_t len = 1;
    int i;

    text[0] = '{';
    for (i = 0; i < count; i++) {
        len += (size_t)snprintf(text + len, size - len, i > 0 ? ",%d" : "%d",
                                numbers[i]);
    }
    memcpy(text + len, "}", 2);
    return text;
}
