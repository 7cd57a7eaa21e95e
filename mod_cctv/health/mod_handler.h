/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.h
 * @brief GET /health: tells load balancers whether the server can work.
 * Layer: httpd.
 */
#ifndef CCTV_HEALTH_MOD_HANDLER_H
#define CCTV_HEALTH_MOD_HANDLER_H

#include "httpd.h"

/**
 * The handler cctv-health. Answers 200, or 503 while the database does not
 * answer what a viewer's requests ask. The JSON body contains the state of database, tables and video.
 */
int cctv_health_handler(request_rec *r);

/** The child_init hook: make the memory for the last answers. */
void cctv_health_child_init(apr_pool_t *pchild, server_rec *s);

#endif
