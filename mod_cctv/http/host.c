/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file host.c
 * @brief Parses "host[:port]", the part that origins, URLs and ICE servers
 *        have in common.
 * Layer: pure.
 */
#include "http/host.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>

#define PORT_MAX 65535
/* The largest port is 65535. */
#define PORT_DIGITS 5

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS  "0123456789"

/* ASCII only, so that the result does not depend on the locale. */
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

static const char *parse_name(const char *text, char *host)
{
    size_t len = strspn(text, LETTERS DIGITS "-._");

    if (len == 0 || len >= CCTV_HOST_SIZE) {
        return NULL;
    }
    copy_lower(host, text, len);
    return text + len;
}

/* @param text  starts after the '[' */
static const char *parse_ipv6(const char *text, char *host)
{
    size_t len = strspn(text, DIGITS "abcdefABCDEF:.");
    struct in6_addr address;

    if (len >= INET6_ADDRSTRLEN || text[len] != ']') {
        return NULL;
    }
    copy_lower(host, text, len);
    /* An IPv6 address has several spellings; keep only one of them. */
    if (inet_pton(AF_INET6, host, &address) != 1
        || inet_ntop(AF_INET6, &address, host, CCTV_HOST_SIZE) == NULL) {
        return NULL;
    }
    return text + len + 1;
}

const char *cctv_host_parse(const char *text, char *host)
{
    return *text == '[' ? parse_ipv6(text + 1, host) : parse_name(text, host);
}

const char *cctv_port_parse(const char *text, int *port)
{
    size_t len;
    size_t i;
    int value = 0;

    if (*text != ':') {
        return text;
    }
    text++;
    len = strspn(text, DIGITS);
    if (len > PORT_DIGITS) {
        return NULL;
    }
    for (i = 0; i < len; i++) {
        value = value * 10 + (text[i] - '0');
    }
    *port = value;
    return value >= 1 && value <= PORT_MAX ? text + len : NULL;
}
