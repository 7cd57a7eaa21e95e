/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.h
 * @brief The handler of the admin's view: JSON for its page and for scripts.
 * Layer: httpd.
 */
#ifndef CCTV_ADMIN_MOD_HANDLER_H
#define CCTV_ADMIN_MOD_HANDLER_H

#include "httpd.h"

int cctv_admin_handler(request_rec *r);

#endif
