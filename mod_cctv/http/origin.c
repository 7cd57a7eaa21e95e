/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file origin.c
 * @brief Parses and compares web origins (RFC 6454).
 * Layer: pure.
 */
#include "http/origin.h"

#include <string.h>
#include <strings.h>

/* Parse the whole text as "host[:port]". The port is unchanged if the text has
 * none. */
static bool parse_host(const char *text, char *host, int *port)
{
    const char *rest = cctv_host_parse(text, host);

    rest = rest == NULL ? NULL : cctv_port_parse(rest, port);
    return rest != NULL && *rest == '\0';
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

bool cctv_origin_is_listed(const cctv_origin_t *origin,
                           const apr_array_header_t *list)
{
    int i;

    for (i = 0; list != NULL && i < list->nelts; i++) {
        if (cctv_origin_equals(&APR_ARRAY_IDX(list, i, cctv_origin_t),
                               origin)) {
            return true;
        }
    }
    return false;
}

/* The schemes are not compared: if a proxy in front of httpd ends TLS, the
 * page has https while httpd sees http. The default port is the one of the
 * page's scheme, because the browser derived the Host field from it. */
bool cctv_origin_is_host(const cctv_origin_t *origin, const char *host)
{
    char name[CCTV_HOST_SIZE];
    int port = origin->is_https ? 443 : 80;

    return host != NULL && parse_host(host, name, &port)
           && port == origin->port && strcmp(name, origin->host) == 0;
}
