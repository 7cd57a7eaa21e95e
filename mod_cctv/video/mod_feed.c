/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_feed.c
 * @brief Where the video of a camera comes from, and its login.
 * Layer: httpd.
 */
#include "video/mod_feed.h"

#include "cameras/mod_source.h"
#include "janus/stream_url.h"
#include "memory/mod_part.h"
#include "video/failures.h"
#include "video/fan_out.h"
#include "video/mod_lifecycle.h"
#include "video/placeholders.h"

#include "apr_strings.h"

#include <string.h>

/* What follows host and port in an address. */
static const char *path_of(const char *url)
{
    const char *host = strstr(url, "://") + 3;

    return host + strcspn(host, "/?#");
}

static void add_login(apr_pool_t *pool, const cctv_logins_t *logins,
                      const char *key, cctv_feed_t *feed)
{
    const cctv_login_t *login;
    cctv_stream_url_t url;

    if (!cctv_stream_url_parse(feed->url, &url)) {
        return;
    }
    login = cctv_logins_find(logins, url.host, url.port, path_of(feed->url),
                             key);
    if (login != NULL) {
        const char *filled = cctv_placeholders_fill(pool, feed->url, login);

        feed->url = filled == NULL ? feed->url : filled;
        feed->user = login->user;
        feed->password = login->password;
    }
}

/* The address of a camera at the relay.
 * @return false: it is not to be used */
static bool read_fan_out(request_rec *r, int64_t id, bool is_further,
                         cctv_feed_t *feed)
{
    const cctv_video_settings_t *settings = &cctv_video()->settings;

    if (!is_further || settings->fan_out == NULL
        || cctv_mountpoint_is_second(id)) {
        return false;
    }
    feed->is_relay = true;
    feed->url = cctv_fan_out_url(r->pool, settings->fan_out,
                                 cctv_mountpoint_camera(id));
    if (settings->logins != NULL) {
        add_login(r->pool, settings->logins, NULL, feed);
    }
    return true;
}

int cctv_feed_read(request_rec *r, int64_t id, bool is_further,
                   cctv_feed_t *feed)
{
    const cctv_logins_t *logins = cctv_video()->settings.logins;
    int32_t camera = cctv_mountpoint_camera(id);
    const char *key = NULL;
    const char *url;
    int status;

    if (read_fan_out(r, id, is_further, feed)) {
        return OK;
    }
    status = cctv_mountpoint_is_second(id)
                 ? cctv_source_sub_stream_url(r, camera, &url)
                 : cctv_source_stream_url(r, camera, &url);
    if (status == OK && url != NULL && logins != NULL
        && cctv_logins_have_keys(logins)) {
        status = cctv_source_external_id(r, camera, &key);
    }
    if (status != OK) {
        return status;
    }
    feed->url = url;
    if (url != NULL && logins != NULL) {
        add_login(r->pool, logins, key, feed);
    }
    return OK;
}

uint32_t cctv_feed_hash(apr_pool_t *pool, const cctv_feed_t *feed)
{
    /* None of them has a line feed. */
    const char *text = apr_pstrcat(
        pool, feed->url, "\n", feed->user == NULL ? "" : feed->user, "\n",
        feed->user == NULL ? "" : feed->password, NULL);

    return (uint32_t)cctv_keyed_hash(text, strlen(text)) | 1;
}
