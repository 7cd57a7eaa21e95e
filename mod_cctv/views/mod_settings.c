/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.c
 * @brief The directives of the views part.
 * Layer: httpd.
 */
#include "views/mod_settings.h"

#include "apr_strings.h"

#include <string.h>

/* The longest name of a server: bytes. */
#define ROUTE_MAX 32

#define ROUTE_CHARACTERS                                                      \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

/* It stands in JSON, in URLs and in event logs, where none of these characters
 * is escaped. */
static const char *set_route(cmd_parms *cmd, const char *arg, void *value)
{
    const char **route = value;
    size_t len = strlen(arg);

    if (len == 0 || len > ROUTE_MAX || strspn(arg, ROUTE_CHARACTERS) != len) {
        return apr_psprintf(cmd->pool,
                            "CCTVRoute \"%s\": has to be 1 to %d letters, "
                            "digits, \"_\" or \"-\"",
                            arg, ROUTE_MAX);
    }
    *route = arg;
    return NULL;
}

CCTV_SERVER_SETTINGS_DEFINE(views, CCTV_VIEWS_SETTINGS)
