/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file url.c
 * @brief Parses the address of a camera's still picture.
 * Layer: pure.
 */
#include "stills/url.h"

#include "apr_cstr.h"

#include <string.h>

static const char *parse_scheme(const char *text, int *port)
{
    static const struct {
        const char *text;
        int port;
    } schemes[] = { { "http://", 80 }, { "https://", 443 } };
    size_t i;

    for (i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        size_t len = strlen(schemes[i].text);

        if (apr_cstr_casecmpn(text, schemes[i].text, len) == 0) {
            *port = schemes[i].port;
            return text + len;
        }
    }
    return NULL;
}

static bool is_path(const char *text)
{
    const char *p = text;

    while ((unsigned char)*p > ' ' && *p != '\x7F') {
        p++;
    }
    return *p == '\0' && (*text == '\0' || strchr("/?#", *text) != NULL);
}

bool cctv_still_url_parse(const char *text, cctv_still_url_t *out)
{
    const char *rest = parse_scheme(text, &out->port);

    rest = rest == NULL ? NULL : cctv_host_parse(rest, out->host);
    out->path = rest == NULL ? NULL : cctv_port_parse(rest, &out->port);
    return out->path != NULL && is_path(out->path);
}
