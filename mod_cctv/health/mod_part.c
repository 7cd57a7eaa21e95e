/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.c
 * @brief The health check as a part of the module.
 * Layer: httpd.
 */
#include "health/mod_part.h"

#include "health/mod_handler.h"

static const cctv_route_t routes[] = { { "health", cctv_health_handler, M_GET,
                                         CCTV_NEEDS_NOTHING, false },
                                       { .name = NULL } };

const cctv_part_t cctv_health_part = { .name = "health", .routes = routes };
