/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.h
 * @brief Answers a GET of the changes of cameras, as JSON at once or as
 *        server-sent events.
 * Layer: httpd.
 */
#ifndef CCTV_PUSH_MOD_HANDLER_H
#define CCTV_PUSH_MOD_HANDLER_H

#include "httpd.h"

/** The handler cctv-changes. */
int cctv_changes_handler(request_rec *r);

#endif
