/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_values.c
 * @brief Values that several directives of video take.
 * Layer: httpd.
 */
#include "video/mod_values.h"

#include "secret/file.h"

#include "apr_strings.h"
#include "apr_uri.h"

#include <stdlib.h>
#include <string.h>

/* With other characters libcurl would refuse the URL at each call. */
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

static bool is_url_right(apr_pool_t *p, const char *text)
{
    apr_uri_t uri;

    return apr_uri_parse(p, text, &uri) == APR_SUCCESS && uri.scheme != NULL
           && (strcmp(uri.scheme, "http") == 0
               || strcmp(uri.scheme, "https") == 0)
           && uri.hostname != NULL && uri.hostname[0] != '\0'
           && uri.user == NULL && uri.query == NULL && uri.fragment == NULL
           && strlen(text) <= 512 && is_printable(text) && is_port_right(&uri);
}

bool cctv_value_url(apr_pool_t *pool, const char *text, const char **url)
{
    size_t len = strlen(text);

    if (!is_url_right(pool, text)) {
        return false;
    }
    while (len > 0 && text[len - 1] == '/') {
        len--;
    }
    *url = apr_pstrmemdup(pool, text, len);
    return true;
}

const char *cctv_value_secret(const cmd_parms *cmd, const char *path,
                              const char **error)
{
    const char *full = ap_server_root_relative(cmd->pool, path);

    if (full == NULL) {
        *error = apr_psprintf(cmd->pool, "\"%s\" has to be the path of a file",
                              path);
        return NULL;
    }
    return cctv_secret_read(cmd->pool, full, error);
}
