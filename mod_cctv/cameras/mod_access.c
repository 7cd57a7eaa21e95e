/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_access.c
 * @brief Which cameras the requester may see: CCTVRoles.
 * Layer: httpd.
 */
#include "cameras/mod_access.h"

#include "cameras/filter.h"
#include "cameras/mod_settings.h"
#include "cameras/role_variables.h"
#include "core/mod_log.h"

#include "apr_strings.h"

#include <stdlib.h>
#include <string.h>

/* The most characters of a list of names in the log. */
#define NAMES_MAX 400

/* ---- Variables that nothing sets ---- */

static bool is_set(const request_rec *r, const char *name)
{
    return apr_table_get(r->subprocess_env, name) != NULL
           || apr_table_get(r->notes, name) != NULL || getenv(name) != NULL;
}

/* The names of the variables that authentication has set: those of
 * mod_authnz_ldap and mod_authn_dbd, and of mod_auth_openidc. */
static const char *names_of_login(const request_rec *r)
{
    const apr_array_header_t *all = apr_table_elts(r->subprocess_env);
    const apr_table_entry_t *entry = (const apr_table_entry_t *)all->elts;
    const char *names = "";
    int i;

    for (i = 0; i < all->nelts && strlen(names) < NAMES_MAX; i++) {
        if (strncmp(entry[i].key, "AUTHENTICATE_", 13) == 0
            || strncmp(entry[i].key, "AUTHORIZE_", 10) == 0
            || strncmp(entry[i].key, "OIDC_CLAIM_", 11) == 0) {
            names = apr_pstrcat(r->pool, names, " ", entry[i].key, NULL);
        }
    }
    return names[0] == '\0' ? " none" : names;
}

/* Tell once in each child which variables of CCTVRoles are not set, for a user
 * who has logged in or who sees no role at all. */
static void tell_unset(request_rec *r, const apr_array_header_t *variables)
{
    int i;

    for (i = 0; i < variables->nelts; i++) {
        cctv_role_variable_t *variable = APR_ARRAY_IDX(variables, i,
                                                       cctv_role_variable_t *);

        if (!atomic_load(&variable->is_told) && !is_set(r, variable->name)
            && !atomic_exchange(&variable->is_told, true)) {
            CCTV_LOG_R(APLOG_INFO, 0, r, "CCTV0189",
                       "CCTVRoles reads %s, which nothing has set for this "
                       "request, so no role comes from it: is the name right? "
                       "Of the login there are:%s",
                       variable->name, names_of_login(r));
        }
    }
}

/* ---- The roles ---- */

const apr_array_header_t *cctv_access_roles(request_rec *r)
{
    const cctv_roles_setting_t *setting = cctv_cameras_settings(r)->roles;
    const apr_array_header_t *roles;
    const char *error = NULL;
    const char *list;

    if (setting == NULL) {
        return NULL;
    }
    list = ap_expr_str_exec(r, setting->expression, &error);
    if (list == NULL || error != NULL) {
        CCTV_LOG_R(APLOG_ERR, APR_EGENERAL, r, "CCTV0012",
                   "CCTVRoles cannot be evaluated, so no role may be seen: "
                   "%s",
                   error == NULL ? "no value" : error);
        list = "";
    }
    roles = cctv_roles_split_values(r->pool, list);
    if (r->user != NULL || roles->nelts == 0) {
        tell_unset(r, setting->variables);
    }
    return roles;
}
