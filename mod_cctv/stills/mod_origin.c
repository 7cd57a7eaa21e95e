/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_origin.c
 * @brief Where the picture of a camera comes from, with its login.
 * Layer: httpd.
 */
#include "stills/mod_origin.h"

#include "video/mod_settings.h"
#include "video/placeholders.h"

#include "apr_strings.h"
#include "http_main.h"

bool cctv_origin_needs_key(void)
{
    const cctv_logins_t *logins = cctv_video_settings(ap_server_conf)->logins;

    return logins != NULL && cctv_logins_have_keys(logins);
}

bool cctv_origin_find(apr_pool_t *pool, const char *url, const char *key,
                      cctv_origin_still_t *out)
{
    const cctv_logins_t *logins = cctv_video_settings(ap_server_conf)->logins;
    const cctv_login_t *login;
    cctv_still_url_t parsed;

    if (!cctv_still_url_parse(url, &parsed)) {
        return false;
    }
    *out = (cctv_origin_still_t){ .url = url,
                                  .host = apr_pstrdup(pool, parsed.host) };
    login = logins == NULL ? NULL
                           : cctv_logins_find(logins, parsed.host, parsed.port,
                                              parsed.path, key);
    if (login != NULL) {
        out->url = cctv_placeholders_fill(pool, url, login);
        out->user = login->user;
        out->password = login->password;
    }
    return out->url != NULL;
}
