/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_overview.h
 * @brief The overview of the admin's view: what fails, what is denied, how full
 *        the tables are.
 * Layer: httpd.
 */
#ifndef CCTV_ADMIN_MOD_OVERVIEW_H
#define CCTV_ADMIN_MOD_OVERVIEW_H

#include "httpd.h"

int cctv_admin_overview(request_rec *r);

#endif
