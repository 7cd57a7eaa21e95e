/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_routes.h
 * @brief The routes of all parts: the handlers that SetHandler can name.
 * Layer: httpd.
 */
#ifndef CCTV_MOD_ROUTES_H
#define CCTV_MOD_ROUTES_H

#include "core/mod_part.h"

/** The route of a handler's name, "cctv-…"; NULL: there is none. */
const cctv_route_t *cctv_route_find(const char *handler);

/** " cctv-cameras cctv-view-start …", for a message. */
const char *cctv_route_list(apr_pool_t *pool);

/** Name the routes for the metrics. Once for each configuration. */
void cctv_routes_number(void);

/** Hook handler. */
int cctv_routes_handle(request_rec *r);

#endif
