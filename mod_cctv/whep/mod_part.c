/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.c
 * @brief The WHEP part of the module.
 * Layer: httpd.
 */
#include "whep/mod_part.h"

#include "http/mod_mask.h"
#include "whep/mod_age.h"
#include "whep/mod_handler.h"
#include "whep/mod_settings.h"

static void register_hooks(apr_pool_t *pool)
{
    (void)pool;
    cctv_mask_register();
}

static const cctv_route_t routes[] = {
    { "whep", cctv_whep_handler, M_INVALID,
      CCTV_NEEDS_DATABASE | CCTV_NEEDS_JANUS | CCTV_NEEDS_JANUS_ADMIN, true },
    { .name = NULL }
};

static const cctv_view_visitor_t visitors[] = {
    { .visit = cctv_whep_age_visit }, { .visit = NULL }
};

const cctv_part_t cctv_whep_part = {
    .name = "whep",
    .settings = &cctv_whep_settings_group,
    .post_config = cctv_whep_post_config,
    .register_hooks = register_hooks,
    .routes = routes,
    .visitors = visitors,
};
