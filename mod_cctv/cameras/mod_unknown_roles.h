/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_unknown_roles.h
 * @brief Tells the administrator of roles that no camera has.
 * Layer: httpd.
 */
#ifndef CCTV_CAMERAS_MOD_UNKNOWN_ROLES_H
#define CCTV_CAMERAS_MOD_UNKNOWN_ROLES_H

#include "httpd.h"

#include "apr_tables.h"

/**
 * Look at the roles that CCTVRoles has yielded for a request. For each name
 * that this child sees for the first time, find out whether a camera has this
 * role, and tell once if none has: the name may be misspelt. After 64 names it
 * looks no more, so that no login can make it ask for ever. Does nothing unless
 * the LogLevel is info or higher.
 *
 * @param roles  NULL: every camera may be seen
 * Thread-safe.
 */
void cctv_unknown_roles_look(request_rec *r, const apr_array_header_t *roles);

#endif
