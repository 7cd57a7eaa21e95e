/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.c
 * @brief The directives about still pictures.
 * Layer: httpd.
 */
#include "stills/mod_settings.h"

#include "apr_strings.h"

/* @param arg  one of the arguments of the directive */
static const char *add_host(cmd_parms *cmd, const char *arg, void *value)
{
    cctv_still_hosts_t **hosts = value;

    if (*hosts == NULL) {
        *hosts = cctv_still_hosts_make(cmd->pool);
    }
    if (strcasecmp(arg, "none") == 0
        || cctv_still_hosts_add(cmd->pool, *hosts, arg)) {
        return NULL;
    }
    return apr_psprintf(cmd->pool,
                        "CCTVStillHosts \"%s\": has to be none, a name such "
                        "as camera.example.org or *.cams.example, an address, "
                        "or a network such as 10.1.0.0/16",
                        arg);
}

CCTV_SERVER_SETTINGS_DEFINE(stills, CCTV_STILLS_SETTINGS)
