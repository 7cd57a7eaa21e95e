/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.c
 * @brief The health check as a part of the module.
 * Layer: httpd.
 */
#include "health/mod_part.h"

#include "health/mod_handler.h"
#include "health/mod_room.h"

static const cctv_route_t routes[] = { { "health", cctv_health_handler, M_GET,
                                         CCTV_NEEDS_NOTHING, false },
                                       { .name = NULL } };

static const cctv_task_t tasks[] = { { .name = "room",
                                       .interval = CCTV_ROOM_INTERVAL,
                                       .run = cctv_room_check,
                                       .has_thread = true },
                                     { .name = NULL } };

static int post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                       server_rec *s)
{
    (void)pconf;
    (void)plog;
    (void)ptemp;
    cctv_room_configure(s);
    return OK;
}

const cctv_part_t cctv_health_part = { .name = "health",
                                       .post_config = post_config,
                                       .child_init = cctv_health_child_init,
                                       .routes = routes,
                                       .tasks = tasks };
