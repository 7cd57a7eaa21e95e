/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file writer.c
 * @brief Writes JSON text into one growing buffer, fast, for large answers.
 * Layer: pure.
 */
#include "json/writer.h"

#include "core/utf8.h"

#include <stdlib.h>

void cctv_json_init(cctv_json_t *json, size_t size)
{
    json->data = malloc(size);
    json->len = 0;
    json->size = size;
    json->failed = json->data == NULL;
}

void cctv_json_free(cctv_json_t *json)
{
    free(json->data);
    json->data = NULL;
}

bool cctv_json_reserve(cctv_json_t *json, size_t n)
{
    size_t size;
    char *data;

    if (json->failed) {
        return false;
    }
    if (json->size - json->len >= n) {
        return true;
    }
    size = json->size + json->size / 2;
    if (size < json->len + n) {
        size = json->len + n;
    }
    data = realloc(json->data, size);
    if (data == NULL) {
        json->failed = true;
        return false;
    }
    json->data = data;
    json->size = size;
    return true;
}

void cctv_json_raw(cctv_json_t *json, const char *text, size_t len)
{
    if (cctv_json_reserve(json, len)) {
        memcpy(json->data + json->len, text, len);
        json->len += len;
    }
}

static char *put_escaped(char *out, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";

    *out++ = '\\';
    switch (c) {
    case '"':
    case '\\':
        *out++ = (char)c;
        break;
    case '\n':
        *out++ = 'n';
        break;
    case '\r':
        *out++ = 'r';
        break;
    case '\t':
        *out++ = 't';
        break;
    default:
        out = CCTV_JSON_PUT(out, "u00");
        *out++ = hex[c >> 4];
        *out++ = hex[c & 15];
    }
    return out;
}

char *cctv_json_put_string(char *out, const char *text, size_t len)
{
    const char *end = text + len;

    *out++ = '"';
    while (text < end) {
        unsigned char c = (unsigned char)*text;

        if (c >= 0x20 && c < 0x7F && c != '"' && c != '\\') {
            *out++ = *text++;
        }
        else if (c < 0x80) {
            out = put_escaped(out, c);
            text++;
        }
        else {
            size_t n = cctv_utf8_length(text, (size_t)(end - text));

            if (n == 0) {
                out = CCTV_JSON_PUT(out, "\xEF\xBF\xBD");
                text++;
            }
            else {
                memcpy(out, text, n);
                out += n;
                text += n;
            }
        }
    }
    *out++ = '"';
    return out;
}

char *cctv_json_put_number(char *out, const char *text, size_t len)
{
    /* PostgreSQL prints finite numbers as JSON does, and the others as
     * words. */
    if (len == 0 || text[len - 1] < '0' || text[len - 1] > '9') {
        return CCTV_JSON_PUT(out, "null");
    }
    memcpy(out, text, len);
    return out + len;
}
