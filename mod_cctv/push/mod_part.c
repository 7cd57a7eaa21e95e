/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.c
 * @brief The push part of the module.
 * Layer: httpd.
 */
#include "push/mod_part.h"

#include "metrics/family.h"
#include "push/families.h"
#include "push/mod_handler.h"
#include "push/mod_push.h"
#include "push/mod_settings.h"
#include "push/mod_sockets.h"
#include "push/mod_tls.h"

static void push_child_init(apr_pool_t *pchild, server_rec *main_server)
{
    cctv_sockets_child_init(pchild);
    cctv_tls_child_init(pchild, main_server);
}

static bool scrape_begin(request_rec *r, cctv_scrape_t *scrape)
{
    (void)r;
    scrape->context = cctv_push_context();
    return true;
}

static const cctv_route_t routes[] = { { "changes", cctv_changes_handler,
                                         M_GET, CCTV_NEEDS_DATABASE, false },
                                       { .name = NULL } };

const cctv_part_t cctv_push_part = {
    .name = "push",
    .region = &cctv_push_region,
    .memory_opened = cctv_push_memory_opened,
    .child_init = push_child_init,
    .register_hooks = cctv_tls_register_hooks,
    .settings = &cctv_push_settings_group,
    .routes = routes,
    .families = cctv_push_families,
    .scrape_begin = scrape_begin,
};
