/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file settings.c
 * @brief What the directives say about video.
 * Layer: httpd.
 */
#include "video/settings.h"

#include "config.h"
#include "secret/file.h"
#include "video/turn.h"

#include "apr_strings.h"
#include "apr_uri.h"
#include "http_core.h"

#include <stdlib.h>
#include <string.h>

void cctv_video_settings_init(cctv_video_settings_t *settings)
{
    settings->idle_timeout = CCTV_UNSET;
    settings->cold_timeout = CCTV_UNSET;
    settings->whep_max_age = CCTV_UNSET;
    settings->max_viewers = CCTV_UNSET;
    settings->max_per_camera = CCTV_UNSET;
}

static cctv_video_settings_t *settings_of(const cmd_parms *cmd)
{
    return &cctv_config_server(cmd->server)->video;
}

/* ---- URLs ---- */

/* What libcurl would refuse at each call. */
static bool is_printable(const char *text)
{
    while (*text > ' ' && *text <= '~') {
        text++;
    }
    return *text == '\0';
}

static bool is_port_right(const apr_uri_t *uri)
{
    return uri->port_str == NULL
           || (uri->port_str[0] != '\0' && uri->port != 0
               && strlen(uri->port_str) <= 5
               && atoi(uri->port_str) == uri->port);
}

static const char *take_url(cmd_parms *cmd, const char *arg, const char **url)
{
    const char *error = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    size_t len = strlen(arg);
    apr_uri_t uri;

    if (error != NULL) {
        return error;
    }
    if (apr_uri_parse(cmd->pool, arg, &uri) != APR_SUCCESS
        || uri.scheme == NULL
        || (strcmp(uri.scheme, "http") != 0
            && strcmp(uri.scheme, "https") != 0)
        || uri.hostname == NULL || uri.hostname[0] == '\0' || uri.user != NULL
        || uri.query != NULL || uri.fragment != NULL || len > 512
        || !is_printable(arg) || !is_port_right(&uri)) {
        return apr_psprintf(cmd->pool,
                            "%s: has to be where Janus listens, such as "
                            "http://127.0.0.1:%s, without a user and a query",
                            cmd->cmd->name,
                            cmd->info == NULL ? "8088/janus" : "7088/admin");
    }
    while (len > 0 && arg[len - 1] == '/') {
        len--;
    }
    *url = apr_pstrmemdup(cmd->pool, arg, len);
    return NULL;
}

const char *cctv_video_set_url(cmd_parms *cmd, void *dir, const char *arg)
{
    (void)dir;
    return take_url(cmd, arg, &settings_of(cmd)->janus_url);
}

const char *cctv_video_set_admin_url(cmd_parms *cmd, void *dir,
                                     const char *arg)
{
    (void)dir;
    return take_url(cmd, arg, &settings_of(cmd)->admin_url);
}

/* ---- Files that are secret ---- */

typedef const char *read_t(apr_pool_t *pool, const char *path,
                           const char **error);

/* @param text  what `read` has read */
static const char *take_file(cmd_parms *cmd, const char *path, read_t *read,
                             const char **text)
{
    const char *error = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    const char *full = ap_server_root_relative(cmd->pool, path);

    if (error != NULL) {
        return error;
    }
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

const char *cctv_video_set_secret(cmd_parms *cmd, void *dir, const char *path)
{
    (void)dir;
    return take_file(cmd, path, cctv_secret_read, &settings_of(cmd)->secret);
}

const char *cctv_video_set_turn_secret(cmd_parms *cmd, void *dir,
                                       const char *path)
{
    (void)dir;
    return take_file(cmd, path, cctv_secret_read,
                     &settings_of(cmd)->turn_secret);
}

const char *cctv_video_set_logins(cmd_parms *cmd, void *dir, const char *path)
{
    const char *text = NULL;
    const char *error = take_file(cmd, path, cctv_secret_read_text, &text);

    (void)dir;
    if (error != NULL) {
        return error;
    }
    settings_of(cmd)->logins = cctv_logins_parse(cmd->pool, text, &error);
    return settings_of(cmd)->logins != NULL
               ? NULL
               : apr_psprintf(cmd->pool, "%s \"%s\": %s", cmd->cmd->name, path,
                              error);
}

/* ---- The rest ---- */

/* One of the directive's arguments. */
const char *cctv_video_add_turn_server(cmd_parms *cmd, void *dir,
                                       const char *arg)
{
    cctv_video_settings_t *settings = settings_of(cmd);
    const char *error = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    apr_array_header_t *servers = settings->turn_servers;
    bool needs_login;

    (void)dir;
    if (error != NULL) {
        return error;
    }
    if (!cctv_turn_is_uri(arg, &needs_login)) {
        return apr_psprintf(cmd->pool,
                            "CCTVTurnServer \"%s\": has to be such as "
                            "turn:turn.example.org:3478?transport=udp, "
                            "turns:... or stun:...",
                            arg);
    }
    if (servers == NULL) {
        servers = apr_array_make(cmd->pool, 2, sizeof arg);
        settings->turn_servers = servers;
    }
    APR_ARRAY_PUSH(servers, const char *) = arg;
    settings->needs_turn_secret = settings->needs_turn_secret || needs_login;
    return NULL;
}

const char *cctv_video_set_proxy(cmd_parms *cmd, void *dir, int flag)
{
    (void)dir;
    settings_of(cmd)->is_proxied = flag;
    return ap_check_cmd_context(cmd, GLOBAL_ONLY);
}

const char *cctv_video_settings_check(const cctv_video_settings_t *settings)
{
    if (settings->needs_turn_secret && settings->turn_secret == NULL) {
        return "CCTVTurnServer turn:... needs CCTVTurnSecretFile";
    }
    if (settings->janus_url == NULL) {
        return settings->admin_url != NULL || settings->is_proxied
                   ? "CCTVJanusAdminURL and CCTVJanusProxy need CCTVJanusURL"
                   : NULL;
    }
    return settings->secret == NULL
               ? "CCTVJanusURL needs CCTVJanusSecretFile: without a secret "
                 "every local process may use Janus"
               : NULL;
}
