/* SPDX-License-Identifier: Apache-2.0 */
/* Stream URLs: scheme, host and port of an accepted URL stay the same when
 * they are written and parsed again. */
#include "janus/stream_url.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const cctv_stream_url_t *url)
{
    static const char *const schemes[] = { "rtsp", "rtsps", "rtp" };
    char text[CCTV_HOST_SIZE + 32];
    cctv_stream_url_t again;

    if (url->port < 1 || url->port > 65535 || url->host[0] == '\0'
        || strpbrk(url->host, "/@ ,%[]?#\r\n\"") != NULL
        || url->is_ipv6 != (strchr(url->host, ':') != NULL)) {
        abort();
    }
    snprintf(text, sizeof text, url->is_ipv6 ? "%s://[%s]:%d" : "%s://%s:%d",
             schemes[url->scheme], url->host, url->port);
    if (!cctv_stream_url_parse(text, &again) || again.scheme != url->scheme
        || again.kind != url->kind || again.is_ipv6 != url->is_ipv6
        || again.port != url->port || strcmp(again.host, url->host) != 0) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    cctv_stream_url_t url;

    memcpy(text, data, size);
    text[size] = '\0';
    if (cctv_stream_url_parse(text, &url)) {
        check(&url);
    }
    free(text);
    return 0;
}
