/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file stream_url.c
 * @brief Parses the URL of a camera's video.
 * Layer: pure.
 */
#include "janus/stream_url.h"

#include "core/utf8.h"

#include "apr_cstr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define ZONE_CHARACTERS                                                       \
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._~-"

static const struct {
    const char *text;
    int port; /* 0: the scheme has no default port */
} schemes[] = {
    [CCTV_STREAM_RTSP] = { "rtsp://", 554 },
    [CCTV_STREAM_RTSPS] = { "rtsps://", 322 },
    [CCTV_STREAM_RTP] = { "rtp://", 0 },
};

/* This function and the next two return the text after what they parsed; NULL
 * on failure. */
static const char *parse_scheme(const char *text, cctv_stream_url_t *url)
{
    size_t i;

    for (i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        size_t len = strlen(schemes[i].text);

        if (apr_cstr_casecmpn(text, schemes[i].text, len) == 0) {
            url->scheme = (cctv_source_scheme_t)i;
            url->port = schemes[i].port;
            return text + len;
        }
    }
    return NULL;
}

/* Parse an IPv6 address with a zone: "[fe80::1%25eth0]". */
static const char *parse_zoned(const char *text, size_t len, char *host)
{
    char address[INET6_ADDRSTRLEN + 2];
    const char *rest = text + len;
    size_t zone;

    if (len >= INET6_ADDRSTRLEN || strncmp(rest, "%25", 3) != 0) {
        return NULL;
    }
    (void)snprintf(address, sizeof address, "%.*s]", (int)len, text);
    rest += 3;
    zone = strspn(rest, ZONE_CHARACTERS);
    if (zone == 0 || rest[zone] != ']'
        || cctv_host_parse(address, host) == NULL) {
        return NULL;
    }
    return rest + zone + 1;
}

static const char *parse_host(const char *text, char *host)
{
    size_t len = strcspn(text, "]%/?#");

    if (*text == '[' && text[len] == '%') {
        return parse_zoned(text, len, host);
    }
    return strchr("-.", *text) != NULL ? NULL : cctv_host_parse(text, host);
}

static cctv_source_host_t kind_of(const char *host, bool *is_ipv6)
{
    struct in6_addr ipv6;
    struct in_addr ipv4;

    *is_ipv6 = inet_pton(AF_INET6, host, &ipv6) == 1;
    if (*is_ipv6) {
        return IN6_IS_ADDR_MULTICAST(&ipv6)     ? CCTV_STREAM_GROUP
               : IN6_IS_ADDR_UNSPECIFIED(&ipv6) ? CCTV_STREAM_ANY
                                                : CCTV_STREAM_ADDRESS;
    }
    if (inet_pton(AF_INET, host, &ipv4) != 1) {
        return CCTV_STREAM_NAME;
    }
    return IN_MULTICAST(ntohl(ipv4.s_addr)) ? CCTV_STREAM_GROUP
           : ipv4.s_addr == INADDR_ANY      ? CCTV_STREAM_ANY
                                            : CCTV_STREAM_ADDRESS;
}

/* Whether the text may follow host and port. */
static bool is_tail(const char *text)
{
    size_t len = strlen(text);
    size_t i;

    if (len > 0 && strchr("/?#", *text) == NULL) {
        return false;
    }
    for (i = 0; i < len; i++) {
        if ((unsigned char)text[i] <= ' ' || text[i] == '\x7F') {
            return false;
        }
    }
    return cctv_utf8_is_valid(text, len);
}

bool cctv_stream_url_parse(const char *text, cctv_stream_url_t *out)
{
    cctv_stream_url_t url;
    const char *rest = parse_scheme(text, &url);

    rest = rest == NULL ? NULL : parse_host(rest, url.host);
    rest = rest == NULL ? NULL : cctv_port_parse(rest, &url.port);
    if (rest == NULL || url.port == 0 || !is_tail(rest)) {
        return false;
    }
    url.kind = kind_of(url.host, &url.is_ipv6);
    *out = url;
    return true;
}
