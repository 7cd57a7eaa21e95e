/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_cctv.c
 * @brief The module record and the table of the module's parts.
 * Layer: httpd.
 */
#include "admin/mod_part.h"
#include "cameras/mod_part.h"
#include "catalogue/mod_part.h"
#include "clusters/mod_part.h"
#include "config/mod_settings.h"
#include "mod_configtest.h"
#include "database/mod_part.h"
#include "events/mod_part.h"
#include "geoip/mod_part.h"
#include "health/mod_part.h"
#include "hls/mod_part.h"
#include "http/mod_part.h"
#include "memory/mod_part.h"
#include "metrics/mod_part.h"
#include "mod_routes.h"
#include "ogc/mod_part.h"
#include "push/mod_part.h"
#include "quality/mod_part.h"
#include "status/mod_page.h"
#include "stills/mod_part.h"
#include "tiles/mod_part.h"
#include "video/mod_part.h"
#include "viewers/mod_part.h"
#include "views/mod_part.h"
#include "whep/mod_part.h"

#include "http_protocol.h"

/* Parts are set up, and shown by /metrics, in this order. Each part comes
 * after the parts that it uses. */
const cctv_part_t *const cctv_parts[] = { &cctv_http_part,
                                          &cctv_memory_part,
                                          &cctv_viewers_part,
                                          &cctv_views_part,
                                          &cctv_series_part,
                                          &cctv_created_part,
                                          &cctv_quality_part,
                                          &cctv_cameras_part,
                                          &cctv_database_part,
                                          &cctv_catalogue_part,
                                          &cctv_push_part,
                                          &cctv_video_part,
                                          &cctv_whep_part,
                                          &cctv_stills_part,
                                          &cctv_geoip_part,
                                          &cctv_admin_part,
                                          &cctv_health_part,
                                          &cctv_events_part,
                                          &cctv_status_part,
                                          &cctv_ogc_part,
                                          &cctv_clusters_part,
                                          &cctv_tiles_part,
                                          &cctv_metrics_part,
                                          &cctv_hls_part,
                                          NULL };

#define DIRECTIVES_MAX 64
#define PARTS_MAX      32

static command_rec directives[DIRECTIVES_MAX];

/* httpd reads .cmds before it calls any function of the module. The dynamic
 * linker therefore runs this function when it loads the module. */
__attribute__((constructor)) static void list_directives(void)
{
    static cctv_settings_group_t *groups[PARTS_MAX + 1];
    int count = 0;
    int i;

    for (i = 0; cctv_parts[i] != NULL && count < PARTS_MAX; i++) {
        if (cctv_parts[i]->settings != NULL) {
            groups[count++] = cctv_parts[i]->settings;
        }
    }
    cctv_settings_register(groups, directives, DIRECTIVES_MAX);
}

static int post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                       server_rec *s)
{
    const cctv_part_t *const *part;
    int result = OK;

    for (part = cctv_parts; *part != NULL && result == OK; part++) {
        if ((*part)->post_config != NULL) {
            result = (*part)->post_config(pconf, plog, ptemp, s);
        }
    }
    return result;
}

static void child_init(apr_pool_t *pchild, server_rec *s)
{
    const cctv_part_t *const *part;

    for (part = cctv_parts; *part != NULL; part++) {
        if ((*part)->child_init != NULL) {
            (*part)->child_init(pchild, s);
        }
    }
}

static void register_hooks(apr_pool_t *p)
{
    const cctv_part_t *const *part;

    cctv_routes_number();
    for (part = cctv_parts; *part != NULL; part++) {
        if ((*part)->register_hooks != NULL) {
            (*part)->register_hooks(p);
        }
    }
    ap_hook_check_config(cctv_configtest, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(post_config, NULL, NULL, APR_HOOK_MIDDLE);
    /* This hook runs before the child_init hook of mod_watchdog, which starts
     * threads. */
    ap_hook_child_init(child_init, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_handler(cctv_routes_handle, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_insert_error_filter(cctv_routes_allow_error, NULL, NULL,
                                APR_HOOK_MIDDLE);
}

AP_DECLARE_MODULE(cctv) = {
    STANDARD20_MODULE_STUFF,
    .create_dir_config = cctv_settings_create_dir,
    .merge_dir_config = cctv_settings_merge_dir,
    .create_server_config = cctv_settings_create_server,
    .merge_server_config = cctv_settings_merge_server,
    .cmds = directives,
    .register_hooks = register_hooks,
};
