/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.c
 * @brief The admin's view as a part of the module.
 * Layer: httpd.
 */
#include "admin/mod_part.h"

#include "admin/mod_handler.h"

static const cctv_route_t routes[] = {
    { "admin", cctv_admin_handler, M_INVALID, CCTV_NEEDS_OWN_PAGE, true },
    { .name = NULL }
};

const cctv_part_t cctv_admin_part = { .name = "admin", .routes = routes };
