/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_admin.h
 * @brief Finds sections that let everybody into the admin's view.
 * Layer: httpd.
 */
#ifndef CCTV_CHECK_MOD_ADMIN_H
#define CCTV_CHECK_MOD_ADMIN_H

#include "httpd.h"
#include "http_config.h"

#include <stdbool.h>

/**
 * Tell if a directive sets the handler cctv-admin, and neither its section nor
 * a section around it has a Require.
 *
 * @param directive  SetHandler or AddHandler
 * @param may_warn   whether to log
 * @return whether the directive sets the handler cctv-admin
 */
bool cctv_check_admin(server_rec *s, const ap_directive_t *directive,
                      const char *handler, bool may_warn);

#endif
