/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_access.h
 * @brief Which cameras the requester may see: CCTVRoles.
 * Layer: httpd.
 */
#ifndef CCTV_CAMERAS_MOD_ACCESS_H
#define CCTV_CAMERAS_MOD_ACCESS_H

#include "httpd.h"

/**
 * The roles whose cameras the requester may see.
 *
 * @return of (const char *), from r->pool; NULL: all roles. None where the
 *         expression fails, which is logged
 */
const apr_array_header_t *cctv_access_roles(request_rec *r);

#endif
