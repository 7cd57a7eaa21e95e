/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.h
 * @brief The directives about lists of cameras.
 * Layer: httpd.
 */
#ifndef CCTV_CAMERAS_MOD_SETTINGS_H
#define CCTV_CAMERAS_MOD_SETTINGS_H

#include "config/mod_settings.h"

#include "ap_expr.h"

/** The value of CCTVRoles. */
typedef struct {
    const ap_expr_info_t *expression;
    /** What it reads: of cctv_role_variable_t * (role_variables.h). */
    const apr_array_header_t *variables;
} cctv_roles_setting_t;

/* roles: NULL if all roles may be seen. */
#define CCTV_CAMERAS_SETTINGS(NUMBER, TIME, FLAG, OTHER)                      \
    NUMBER(max_features, "CCTVMaxFeatures", DIRECTORY, 1, 100000, 10000,      \
           NOT_OFF, "cameras", "the most cameras of one answer")              \
    OTHER(const cctv_roles_setting_t *, roles, "CCTVRoles", DIRECTORY, TAKE1, \
          set_roles,                                                          \
          "an expression that yields the roles whose cameras the requester "  \
          "may see, "                                                         \
          "with commas between them (default: all)")

CCTV_DIRECTORY_SETTINGS_DECLARE(cameras, CCTV_CAMERAS_SETTINGS);

#endif
