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
 * @return elements are const char *, allocated from r->pool; NULL: all roles.
 *         If the expression of CCTVRoles fails, the array is empty, and the
 *         failure is logged
 */
const apr_array_header_t *cctv_access_roles(request_rec *r);

#endif
