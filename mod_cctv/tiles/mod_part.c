/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.c
 * @brief Vector tiles as a part of the module.
 * Layer: httpd.
 */
#include "tiles/mod_part.h"

#include "tiles/mod_handler.h"
#include "tiles/mod_settings.h"

static const cctv_route_t routes[] = { { "tiles", cctv_tiles_handler, M_GET,
                                         CCTV_NEEDS_DATABASE, true },
                                       { .name = NULL } };

const cctv_part_t cctv_tiles_part = {
    .name = "tiles",
    .settings = &cctv_tiles_settings_group,
    .routes = routes,
};
