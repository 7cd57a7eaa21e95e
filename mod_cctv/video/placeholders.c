/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file placeholders.c
 * @brief Addresses of cameras that contain their login in the path.
 * Layer: pure.
 */
#include "video/placeholders.h"

#include "apr_lib.h"

#include <stdbool.h>
#include <string.h>

#define USER     "{user}"
#define PASSWORD "{password}"

typedef struct {
    char *bytes; /* NULL: only count */
    size_t len;
} text_t;

static void add(text_t *text, char c)
{
    if (text->bytes != NULL) {
        text->bytes[text->len] = c;
    }
    text->len++;
}

static void add_encoded(text_t *text, const char *value)
{
    static const char digits[] = "0123456789ABCDEF";

    for (; *value != '\0'; value++) {
        unsigned char c = (unsigned char)*value;

        if (c < 0x80 && (apr_isalnum(c) || strchr("-._~", c) != NULL)) {
            add(text, *value);
        }
        else {
            add(text, '%');
            add(text, digits[c >> 4]);
            add(text, digits[c & 15]);
        }
    }
}

static void write_filled(text_t *text, const char *url,
                         const cctv_login_t *login)
{
    while (*url != '\0') {
        if (strncmp(url, USER, sizeof USER - 1) == 0) {
            add_encoded(text, login->user);
            url += sizeof USER - 1;
        }
        else if (strncmp(url, PASSWORD, sizeof PASSWORD - 1) == 0) {
            add_encoded(text, login->password);
            url += sizeof PASSWORD - 1;
        }
        else {
            add(text, *url++);
        }
    }
}

const char *cctv_placeholders_fill(apr_pool_t *pool, const char *url,
                                   const cctv_login_t *login)
{
    text_t text = { .bytes = NULL };
    size_t len;

    if (strstr(url, USER) == NULL && strstr(url, PASSWORD) == NULL) {
        return url;
    }
    write_filled(&text, url, login);
    len = text.len;
    if (len > CCTV_FILLED_MAX) {
        return NULL;
    }
    text.bytes = apr_palloc(pool, len + 1);
    text.len = 0;
    write_filled(&text, url, login);
    text.bytes[len] = '\0';
    return text.bytes;
}
