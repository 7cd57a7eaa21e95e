/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file part.c
 * @brief Health as a part of the module.
 * Layer: httpd.
 */
#include "health/part.h"

#include "health/handler.h"

static const cctv_route_t routes[] = { { "health", cctv_health_handler, M_GET,
                                         CCTV_NEEDS_NOTHING, false },
                                       { .name = NULL } };

const cctv_part_t cctv_health_part = { .name = "health", .routes = routes };
