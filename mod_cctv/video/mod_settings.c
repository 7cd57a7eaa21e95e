/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.c
 * @brief The directives of the video part.
 * Layer: httpd.
 */
#include "video/mod_settings.h"

#include "secret/file.h"
#include "video/fan_out.h"
#include "video/mod_server_lines.h"
#include "video/mod_values.h"
#include "video/turn.h"

#include "apr_strings.h"
#include "http_core.h"

#include <string.h>

/* ---- URLs ---- */

/* @param example  port and path of an example URL, for the error message */
static const char *take_url(cmd_parms *cmd, const char *arg,
                            const char *example, const char **url)
{
    return cctv_value_url(cmd->pool, arg, url)
               ? NULL
               : apr_psprintf(cmd->pool,
                              "%s: has to be where Janus listens, such as "
                              "http://127.0.0.1:%s, without a user and a "
                              "query",
                              cmd->cmd->name, example);
}

static const char *set_url(cmd_parms *cmd, const char *arg, void *value)
{
    return take_url(cmd, arg, "8088/janus", value);
}

static const char *set_admin_url(cmd_parms *cmd, const char *arg, void *value)
{
    return take_url(cmd, arg, "7088/admin", value);
}

static const char *set_fan_out(cmd_parms *cmd, const char *arg, void *value)
{
    if (!cctv_fan_out_is_right(arg)) {
        return "CCTVFanOut has to be an address with {id} in its path, such "
               "as rtsp://relay:8554/{id}, without a user: logins are in "
               "CCTVCameraLoginsFile";
    }
    *(const char **)value = apr_pstrdup(cmd->pool, arg);
    return NULL;
}

/* ---- Secret files ---- */

typedef const char *read_t(apr_pool_t *pool, const char *path,
                           const char **error);

/* @param text  gets the text that `read` has returned */
static const char *take_file(cmd_parms *cmd, const char *path, read_t *read,
                             const char **text)
{
    const char *full = ap_server_root_relative(cmd->pool, path);
    const char *error;

    if (full == NULL) {
        return apr_psprintf(cmd->pool,
                            "%s \"%s\": has to be the path of a "
                            "file",
                            cmd->cmd->name, path);
    }
    *text = read(cmd->pool, full, &error);
    return *text != NULL
               ? NULL
               : apr_psprintf(cmd->pool, "%s: %s", cmd->cmd->name, error);
}

static const char *set_secret(cmd_parms *cmd, const char *path, void *value)
{
    return take_file(cmd, path, cctv_secret_read, value);
}

static const char *set_turn_secret(cmd_parms *cmd, const char *path,
                                   void *value)
{
    return take_file(cmd, path, cctv_secret_read, value);
}

static const char *set_logins(cmd_parms *cmd, const char *path, void *value)
{
    const cctv_logins_t **logins = value;
    const char *text = NULL;
    const char *error = take_file(cmd, path, cctv_secret_read_text, &text);

    if (error != NULL) {
        return error;
    }
    *logins = cctv_logins_parse(cmd->pool, text, &error);
    return *logins != NULL ? NULL
                           : apr_psprintf(cmd->pool, "%s \"%s\": %s",
                                          cmd->cmd->name, path, error);
}

/* ---- Other directives ---- */

/* @param arg  one of the arguments of the directive */
static const char *add_turn_server(cmd_parms *cmd, const char *arg,
                                   void *value)
{
    apr_array_header_t **servers = value;
    bool needs_login;

    if (!cctv_turn_is_uri(arg, &needs_login)) {
        return apr_psprintf(cmd->pool,
                            "CCTVTurnServer \"%s\": has to be such as "
                            "turn:turn.example.org:3478?transport=udp, "
                            "turns:... or stun:...",
                            arg);
    }
    if (*servers == NULL) {
        *servers = apr_array_make(cmd->pool, 2, sizeof arg);
    }
    APR_ARRAY_PUSH(*servers, const char *) = arg;
    return NULL;
}

static bool needs_turn_secret(const cctv_video_settings_t *settings)
{
    const apr_array_header_t *servers = settings->turn_servers;
    bool needs_login = false;
    int i;

    for (i = 0; servers != NULL && i < servers->nelts && !needs_login; i++) {
        cctv_turn_is_uri(APR_ARRAY_IDX(servers, i, const char *),
                         &needs_login);
    }
    return needs_login;
}

static const char *check_servers(const cctv_video_settings_t *settings)
{
    if (settings->janus_url != NULL || settings->admin_url != NULL) {
        return "CCTVJanus and CCTVJanusURL do not go together: instead of "
               "CCTVJanusURL and CCTVJanusAdminURL write a line such as "
               "CCTVJanus main url=http://127.0.0.1:8088/janus "
               "admin=http://127.0.0.1:7088/admin";
    }
    if (settings->is_proxied) {
        return "CCTVJanusProxy goes with CCTVJanusURL only, not with "
               "CCTVJanus: a page with janus.js calls one Janus; write "
               "CCTVJanusProxy off";
    }
    return settings->secret == NULL
                   && !cctv_server_lines_have_secrets(settings->servers)
               ? "each CCTVJanus needs secret=, such as "
                 "secret=/etc/cctv/janus, or CCTVJanusSecretFile for those "
                 "without"
               : NULL;
}

bool cctv_video_settings_have_janus(const cctv_video_settings_t *settings)
{
    return settings->janus_url != NULL || settings->servers != NULL;
}

bool cctv_video_settings_have_admin(const cctv_video_settings_t *settings)
{
    return settings->servers == NULL
               ? settings->admin_url != NULL
               : cctv_server_lines_have_admin(settings->servers);
}

const char *cctv_video_settings_check(const cctv_video_settings_t *settings)
{
    if (needs_turn_secret(settings) && settings->turn_secret == NULL) {
        return "CCTVTurnServer turn:... needs CCTVTurnSecretFile";
    }
    if (settings->servers != NULL) {
        return check_servers(settings);
    }
    if (settings->fan_out != NULL) {
        return "CCTVFanOut goes with CCTVJanus only: a single Janus pulls "
               "each camera once";
    }
    if (settings->janus_url == NULL) {
        return settings->admin_url != NULL || settings->is_proxied
                   ? "CCTVJanusAdminURL and CCTVJanusProxy need CCTVJanusURL"
                   : NULL;
    }
    if (settings->is_proxied && settings->admin_url == NULL) {
        return "CCTVJanusProxy needs CCTVJanusAdminURL: it is how a Janus "
               "session that uses the token of a view is found if its event "
               "was lost";
    }
    return settings->secret == NULL
               ? "CCTVJanusURL needs CCTVJanusSecretFile: without a secret "
                 "every local process may use Janus"
               : NULL;
}

CCTV_SERVER_SETTINGS_DEFINE(video, CCTV_VIDEO_SETTINGS)
