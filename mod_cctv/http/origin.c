/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file origin.c
 * @brief Web origins (RFC 6454): parsed, and compared.
 * Layer: pure.
 */
#include "http/origin.h"

#include "http/number.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#define PORT_MAX 65535
/* Of "65535". */
#define PORT_DIGITS 5

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS  "0123456789"

/* In lower case whatever the locale is. */
static void copy_lower(char *out, const char *text, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        out[i] = text[i];
        if (text[i] >= 'A' && text[i] <= 'Z') {
            out[i] = (char)(text[i] - 'A' + 'a');
        }
    }
    out[len] = '\0';
}

/* This and the next one return what stands behind, or NULL. */
static const char *parse_name(const char *text, char *host)
{
    size_t len = strspn(text, LETTERS DIGITS "-._");

    if (len == 0 || len >= CCTV_ORIGIN_HOST_SIZE) {
        return NULL;
    }
    copy_lower(host, text, len);
    return text + len;
}

static const char *parse_ipv6(const char *text, char *host)
{
    size_t len = strspn(text, DIGITS "abcdefABCDEF:.");
    struct in6_addr address;

    if (len >= INET6_ADDRSTRLEN || text[len] != ']') {
        return NULL;
    }
    copy_lower(host, text, len);
    /* One address may be written in several ways. */
    if (inet_pton(AF_INET6, host, &address) != 1
        || inet_ntop(AF_INET6, &address, host, CCTV_ORIGIN_HOST_SIZE)
               == NULL) {
        return NULL;
    }
    return text + len + 1;
}

/* All of "host[:port]". The port stays as it is where none is given. */
static bool parse_host(const char *text, char *host, int *port)
{
    const char *rest = *text == '[' ? parse_ipv6(text + 1, host)
                                    : parse_name(text, host);

    if (rest == NULL) {
        return false;
    }
    if (*rest == '\0') {
        return true;
    }
    return *rest == ':' && strlen(rest + 1) <= PORT_DIGITS
           && cctv_number_parse_count(rest + 1, PORT_MAX + 1, port)
           && *port >= 1 && *port <= PORT_MAX;
}

bool cctv_origin_parse(const char *text, cctv_origin_t *out)
{
    out->is_https = strncasecmp(text, "https:", 6) == 0;
    if (!out->is_https && strncasecmp(text, "http:", 5) != 0) {
        return false;
    }
    text += out->is_https ? 6 : 5;
    out->port = out->is_https ? 443 : 80;
    return strncmp(text, "//", 2) == 0
           && parse_host(text + 2, out->host, &out->port);
}

bool cctv_origin_equals(const cctv_origin_t *a, const cctv_origin_t *b)
{
    return a->is_https == b->is_https && a->port == b->port
           && strcmp(a->host, b->host) == 0;
}

/* The schemes are not compared: where TLS ends in front of us, the page is of
 * https and we speak http. The default port is that of the page's scheme,
 * which is where the browser took it from. */
bool cctv_origin_is_host(const cctv_origin_t *origin, const char *host)
{
    char name[CCTV_ORIGIN_HOST_SIZE];
    int port = origin->is_https ? 443 : 80;

    return host != NULL && parse_host(host, name, &port)
           && port == origin->port && strcmp(name, origin->host) == 0;
}
