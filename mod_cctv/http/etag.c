/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file etag.c
 * @brief Makes entity tags from the bytes of an answer, and finds them in
 *        If-None-Match.
 * Layer: pure.
 */
#include "http/etag.h"

#include <stdio.h>
#include <string.h>
#include <xxhash.h>

void cctv_etag_number(char tag[CCTV_ETAG_SIZE], uint64_t number)
{
    snprintf(tag, CCTV_ETAG_SIZE, "\"%016llx\"", (unsigned long long)number);
}

void cctv_etag_init(char tag[CCTV_ETAG_SIZE], const char *data, size_t len)
{
    cctv_etag_number(tag, XXH3_64bits(data, len));
}

static bool is_suffix(const char *text, size_t len)
{
    return len == 0 || (len == 5 && memcmp(text, "-gzip", 5) == 0)
           || (len == 3 && memcmp(text, "-br", 3) == 0);
}

bool cctv_etag_matches(const char *header, const char *tag)
{
    /* The length without the closing quote. */
    size_t len = strlen(tag) - 1;

    if (header == NULL) {
        return false;
    }
    for (;;) {
        const char *end;

        header += strspn(header, " \t,");
        if (*header == '*') {
            return true;
        }
        if (strncmp(header, "W/", 2) == 0) {
            header += 2;
        }
        if (*header != '"') {
            return false;
        }
        end = strchr(header + 1, '"');
        if (end == NULL) {
            return false;
        }
        if ((size_t)(end - header) >= len && memcmp(header, tag, len) == 0
            && is_suffix(header + len, (size_t)(end - header) - len)) {
            return true;
        }
        header = end + 1;
    }
}
