/* SPDX-License-Identifier: Apache-2.0 */
/* Origins: an accepted origin stays the same when it is written and parsed
 * again, and it matches a Host field with its host and port. */
#include "http/origin.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const cctv_origin_t *origin)
{
    char text[CCTV_HOST_SIZE + 32];
    const char *host;
    cctv_origin_t again;
    bool is_ipv6 = strchr(origin->host, ':') != NULL;

    if (origin->port < 1 || origin->port > 65535 || origin->host[0] == '\0'
        || strpbrk(origin->host, "/@ ,\r\n\"") != NULL) {
        abort();
    }
    snprintf(text, sizeof text, "%s://%s%s%s:%d",
             origin->is_https ? "https" : "http", is_ipv6 ? "[" : "",
             origin->host, is_ipv6 ? "]" : "", origin->port);
    host = strchr(text, '/') + 2;
    if (!cctv_origin_parse(text, &again) || !cctv_origin_equals(origin, &again)
        || !cctv_origin_is_host(origin, host)) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    cctv_origin_t origin;

    memcpy(text, data, size);
    text[size] = '\0';
    if (cctv_origin_parse(text, &origin)) {
        check(&origin);
    }
    if (cctv_origin_parse("https://h:8443", &origin)
        && cctv_origin_is_host(&origin, text)
        && strcasecmp(text, "h:8443") != 0
        && strcasecmp(text, "h:08443") != 0) {
        abort();
    }
    free(text);
    return 0;
}
