/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.c
 * @brief The directive about the address of OGC API - Features.
 * Layer: httpd.
 */
#include "ogc/mod_settings.h"

#include "apr_strings.h"
#include "apr_uri.h"

#include <string.h>

static const char *set_address(cmd_parms *cmd, const char *arg, void *value)
{
    const char **setting = value;
    size_t len = strlen(arg);
    apr_uri_t uri;

    if (apr_uri_parse(cmd->pool, arg, &uri) != APR_SUCCESS
        || uri.scheme == NULL
        || (strcmp(uri.scheme, "http") != 0
            && strcmp(uri.scheme, "https") != 0)
        || uri.hostname == NULL || uri.user != NULL || uri.query != NULL
        || uri.fragment != NULL) {
        return apr_psprintf(cmd->pool,
                            "CCTVOgcAddress \"%s\": has to be an address such "
                            "as https://maps.example.org/ogc",
                            arg);
    }
    *setting = apr_pstrmemdup(cmd->pool, arg,
                              arg[len - 1] == '/' ? len - 1 : len);
    return NULL;
}

CCTV_DIRECTORY_SETTINGS_DEFINE(ogc, CCTV_OGC_SETTINGS)
