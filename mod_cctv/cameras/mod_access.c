/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_access.c
 * @brief Which cameras the requester may see: CCTVRoles.
 * Layer: httpd.
 */
#include "cameras/mod_access.h"

#include "cameras/filter.h"
#include "cameras/mod_settings.h"
#include "core/mod_log.h"

const apr_array_header_t *cctv_access_roles(request_rec *r)
{
    const ap_expr_info_t *expr = cctv_cameras_settings(r)->roles;
    const char *error = NULL;
    const char *list;

    if (expr == NULL) {
        return NULL;
    }
    list = ap_expr_str_exec(r, expr, &error);
    if (list == NULL || error != NULL) {
        CCTV_LOG_R(APLOG_ERR, APR_EGENERAL, r, "CCTV0012",
                   "CCTVRoles cannot be evaluated, so no role may be seen: "
                   "%s",
                   error == NULL ? "no value" : error);
        list = "";
    }
    return cctv_roles_split(r->pool, list);
}
