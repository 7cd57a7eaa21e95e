/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.c
 * @brief The directives about lists of cameras.
 * Layer: httpd.
 */
#include "cameras/mod_settings.h"

#include "cameras/role_variables.h"
#include "core/mod_log.h"

#include "apr_strings.h"

static const char *set_roles(cmd_parms *cmd, const char *arg, void *value)
{
    cctv_roles_setting_t *roles = apr_pcalloc(cmd->pool, sizeof *roles);
    const cctv_roles_setting_t **setting = value;
    const char *error;

    roles->variables = cctv_role_variables(cmd->pool, arg);
    roles->expression = ap_expr_parse_cmd(
        cmd, arg, AP_EXPR_FLAG_STRING_RESULT | AP_EXPR_FLAG_DONT_VARY, &error,
        NULL);
    if (error != NULL) {
        return apr_psprintf(cmd->pool,
                            "CCTVRoles \"%s\": has to be an expression that "
                            "yields names of roles: %s",
                            arg, error);
    }
    *setting = roles;
    return NULL;
}

CCTV_DIRECTORY_SETTINGS_DEFINE(cameras, CCTV_CAMERAS_SETTINGS)
