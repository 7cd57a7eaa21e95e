/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.c
 * @brief The directives about the state file.
 * Layer: httpd.
 */
#include "memory/mod_settings.h"

#include "apr_strings.h"

static const char *set_state_file(cmd_parms *cmd, const char *arg, void *value)
{
    const char **file = value;

    if (strcasecmp(arg, "off") == 0) {
        *file = NULL;
        return NULL;
    }
    *file = ap_server_root_relative(cmd->pool, arg);
    if (arg[0] == '\0' || *file == NULL) {
        return apr_psprintf(cmd->pool,
                            "CCTVStateFile \"%s\": has to be off or the path "
                            "of a file in a folder that Apache's User may "
                            "write to",
                            arg);
    }
    return NULL;
}

CCTV_SERVER_SETTINGS_DEFINE(memory, CCTV_MEMORY_SETTINGS)
