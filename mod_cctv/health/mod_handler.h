/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.h
 * @brief GET /health: whether the server can do its work, for load
 *        balancers.
 * Layer: httpd.
 */
#ifndef CCTV_HEALTH_MOD_HANDLER_H
#define CCTV_HEALTH_MOD_HANDLER_H

#include "httpd.h"

/** The handler cctv-health. Answers 200, or 503 while the database does not
 *  answer, and says in JSON how database, tables and video are. */
int cctv_health_handler(request_rec *r);

#endif
