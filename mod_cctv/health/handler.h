/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file handler.h
 * @brief GET of whether the server can do its work, for load balancers.
 * Layer: httpd.
 */
#ifndef CCTV_HEALTH_HANDLER_H
#define CCTV_HEALTH_HANDLER_H

#include "httpd.h"

/** cctv-health. */
int cctv_health_handler(request_rec *r);

#endif
