/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.c
 * @brief The directives about the catalogue.
 * Layer: httpd.
 */
#include "catalogue/mod_settings.h"

#include "apr_strings.h"

#include <limits.h>
#include <string.h>

/* The longest name of a file in the folder. */
#define NAME_MAX_HERE 64

/* Written with and without a slash at its end, it is one folder. */
static char *without_slashes(char *folder)
{
    size_t length = strlen(folder);

    while (length > 1 && folder[length - 1] == '/') {
        folder[--length] = '\0';
    }
    return folder;
}

static const char *set_folder(cmd_parms *cmd, const char *arg, void *value)
{
    const char **folder = value;

    if (strcasecmp(arg, "off") == 0) {
        *folder = "";
        return NULL;
    }
    *folder = ap_server_root_relative(cmd->pool, arg);
    if (arg[0] == '\0' || *folder == NULL
        || strlen(*folder) > PATH_MAX - NAME_MAX_HERE) {
        return apr_psprintf(cmd->pool,
                            "CCTVCatalogue \"%s\": has to be off or the path "
                            "of a folder that only Apache's User may read; it "
                            "is made if it does not exist",
                            arg);
    }
    *folder = without_slashes(apr_pstrdup(cmd->pool, *folder));
    return NULL;
}

CCTV_SERVER_SETTINGS_DEFINE(catalogue, CCTV_CATALOGUE_SETTINGS)

const char *cctv_catalogue_folder(const server_rec *s)
{
    const char *folder = cctv_catalogue_settings(s)->folder;

    return folder == NULL || folder[0] == '\0' ? NULL : folder;
}
