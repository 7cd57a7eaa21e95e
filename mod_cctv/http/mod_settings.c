/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.c
 * @brief The directive about other origins: CCTVAllowOrigin.
 * Layer: httpd.
 */
#include "http/mod_settings.h"

#include "http/origin.h"

#include "apr_strings.h"

#include <string.h>

/* The setter of CCTVAllowOrigin, called for each of its arguments. */
static const char *add_origin(cmd_parms *cmd, const char *arg, void *value)
{
    apr_array_header_t **origins = value;
    bool is_none = strcasecmp(arg, "none") == 0;
    cctv_origin_t origin;

    if (strcmp(arg, "*") == 0) {
        return "CCTVAllowOrigin \"*\": has to name each origin, since the "
               "pages of an allowed one act with the visitor's credentials "
               "and may POST: a page of any site could";
    }
    if (!is_none && !cctv_origin_parse(arg, &origin)) {
        return apr_psprintf(cmd->pool,
                            "CCTVAllowOrigin \"%s\": has to be an origin "
                            "such as https://maps.example.org or "
                            "http://localhost:5173, without a path or a "
                            "slash at its end; or none",
                            arg);
    }
    if (*origins == NULL) {
        *origins = apr_array_make(cmd->pool, 2, sizeof origin);
    }
    else if (is_none || (*origins)->nelts == 0) {
        return "CCTVAllowOrigin \"none\": has to stand alone in its section";
    }
    if (!is_none) {
        APR_ARRAY_PUSH(*origins, cctv_origin_t) = origin;
    }
    return NULL;
}

CCTV_DIRECTORY_SETTINGS_DEFINE(http, CCTV_HTTP_SETTINGS)
