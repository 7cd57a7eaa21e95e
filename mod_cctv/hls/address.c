/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file address.c
 * @brief Whether an address of HLS may be given to viewers.
 * Layer: pure.
 */
#include "hls/address.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#define SCHEME "https://"
#define ENDING ".m3u8"

/* The longest address in the table of cameras. */
#define LENGTH_MAX 2048

static bool has_only_visible_ascii(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text <= ' ' || *text >= '\x7f' || strchr("\"<>\\^`{|}", *text)) {
            return false;
        }
    }
    return true;
}

bool cctv_hls_is_address(const char *url)
{
    const size_t ending = sizeof ENDING - 1;
    size_t host, path;

    if (url == NULL || strlen(url) > LENGTH_MAX
        || strncasecmp(url, SCHEME, sizeof SCHEME - 1) != 0
        || !has_only_visible_ascii(url)) {
        return false;
    }
    url += sizeof SCHEME - 1;
    host = strcspn(url, "/?#");
    path = strcspn(url, "?#");
    return host > 0 && memchr(url, '@', host) == NULL && path > host + ending
           && strncasecmp(url + path - ending, ENDING, ending) == 0;
}
