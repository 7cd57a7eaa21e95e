/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.c
 * @brief OGC API - Features as a part of the module.
 * Layer: httpd.
 */
#include "ogc/mod_part.h"

#include "ogc/mod_handler.h"
#include "ogc/mod_settings.h"

static const cctv_route_t routes[] = { { "ogc", cctv_ogc_handler, M_GET,
                                         CCTV_NEEDS_DATABASE, true },
                                       { .name = NULL } };

const cctv_part_t cctv_ogc_part = {
    .name = "ogc",
    .settings = &cctv_ogc_settings_group,
    .routes = routes,
};
