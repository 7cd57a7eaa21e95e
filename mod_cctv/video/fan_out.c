/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file fan_out.c
 * @brief The addresses of a relay from which the second and later Janus servers
 *        pull a camera: CCTVFanOut.
 * Layer: pure.
 */
#include "video/fan_out.h"

#include "janus/stream_url.h"

#include "apr_strings.h"

#include <string.h>

#define ID "{id}"

/* Janus's libcurl takes longer addresses, but nobody has them. */
#define LENGTH_MAX 1024

/* The path begins behind the host, whose name has no braces. */
static const char *path_of(const char *text)
{
    const char *host = strstr(text, "://") + 3;

    return host + strcspn(host, "/?#");
}

bool cctv_fan_out_is_right(const char *text)
{
    cctv_stream_url_t url;
    const char *id;

    if (strlen(text) > LENGTH_MAX || !cctv_stream_url_parse(text, &url)
        || url.scheme != CCTV_STREAM_RTSP || url.kind == CCTV_STREAM_ANY
        || url.kind == CCTV_STREAM_GROUP) {
        return false;
    }
    id = strstr(path_of(text), ID);
    return id != NULL && strstr(id + 1, ID) == NULL;
}

const char *cctv_fan_out_url(apr_pool_t *pool, const char *text,
                             int32_t camera)
{
    const char *id = strstr(text, ID);

    return apr_psprintf(pool, "%.*s%d%s", (int)(id - text), text, camera,
                        id + sizeof ID - 1);
}
