/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.c
 * @brief The answers as a part of the module: CCTVAllowOrigin, the prefix of
 *        their paths, the redirect to a path with a slash, and files that
 *        pages of other origins may load.
 * Layer: httpd.
 */
#include "http/mod_part.h"

#include "http/mod_add_slash.h"
#include "http/mod_settings.h"

#include <stdlib.h>

/* cctv-site.conf writes ${CCTV_PREFIX} before all paths. httpd takes a variable
 * without a Define, or with an empty one, from the environment, and here it is
 * empty. This function runs at LoadModule, before those lines are read. */
static void register_hooks(apr_pool_t *p)
{
    (void)p;
    setenv("CCTV_PREFIX", "", 0);
}

/* The header of CORS has been set by now; httpd serves the file. */
static int serve_file(request_rec *r)
{
    (void)r;
    return DECLINED;
}

static const cctv_route_t routes[] = {
    { "add-slash", cctv_add_slash_handler, M_GET, CCTV_NEEDS_NOTHING, false },
    { "file", serve_file, M_GET, CCTV_NEEDS_NOTHING, false },
    { .name = NULL }
};

const cctv_part_t cctv_http_part = { .name = "http",
                                     .routes = routes,
                                     .settings = &cctv_http_settings_group,
                                     .register_hooks = register_hooks };
