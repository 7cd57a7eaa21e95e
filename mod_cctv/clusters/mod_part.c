/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.c
 * @brief Clusters for maps as a part of the module.
 * Layer: httpd.
 */
#include "clusters/mod_part.h"

#include "clusters/mod_handler.h"

static const cctv_route_t routes[] = { { "clusters", cctv_clusters_handler,
                                         M_GET, CCTV_NEEDS_DATABASE, false },
                                       { .name = NULL } };

const cctv_part_t cctv_clusters_part = {
    .name = "clusters",
    .routes = routes,
};
