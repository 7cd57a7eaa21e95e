/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_routes.h
 * @brief The routes of all parts: the handlers that SetHandler can name.
 * Layer: httpd.
 */
#ifndef CCTV_MOD_ROUTES_H
#define CCTV_MOD_ROUTES_H

#include "core/mod_part.h"

/**
 * Find a route by the name of its handler, "cctv-…". @return NULL: there is
 * none
 */
const cctv_route_t *cctv_route_find(const char *handler);

/** List all handlers for a message: " cctv-cameras cctv-view-start …". */
const char *cctv_route_list(apr_pool_t *pool);

/**
 * Give each route its number in the metrics. Called once per configuration.
 */
void cctv_routes_number(void);

/**
 * Hook insert_error_filter: let a page of an allowed origin read an error that
 * httpd answers before the handler is called, such as 401. Otherwise its script
 * could not tell a missing login from a server that is away.
 */
void cctv_routes_allow_error(request_rec *r);

/** Hook handler: answer requests whose handler is one of ours. */
int cctv_routes_handle(request_rec *r);

#endif
