/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_address.c
 * @brief Sets a directive whose value is the absolute address of a service.
 * Layer: httpd.
 */
#include "config/mod_address.h"

#include "apr_strings.h"
#include "apr_uri.h"

#include <string.h>

const char *cctv_address_set(cmd_parms *cmd, const char *arg, void *value)
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
                            "%s \"%s\": has to be an address such as "
                            "https://maps.example.org/ogc",
                            cmd->cmd->name, arg);
    }
    *setting = apr_pstrmemdup(cmd->pool, arg,
                              arg[len - 1] == '/' ? len - 1 : len);
    return NULL;
}
