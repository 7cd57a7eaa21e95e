/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_cctv.c
 * @brief The module record and its hooks.
 * Layer: httpd.
 */
#include "cameras/handler.h"
#include "cameras/source.h"
#include "config.h"
#include "database/pool.h"

#include "ap_mpm.h"

static void register_hooks(apr_pool_t *p)
{
    static const char *const after_dbd[] = { "mod_dbd.c", NULL };

    (void)p;
    ap_hook_check_config(cctv_config_check, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(cctv_config_share, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(cctv_source_post_config, NULL, NULL, APR_HOOK_MIDDLE);
    /* mod_dbd connects in its own child_init, with what this one sets. */
    ap_hook_child_init(cctv_database_child_init, NULL, after_dbd,
                       APR_HOOK_FIRST);
    ap_hook_child_init(cctv_source_child_init, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_handler(cctv_cameras_handler, NULL, NULL, APR_HOOK_MIDDLE);
}

AP_DECLARE_MODULE(cctv) = {
    STANDARD20_MODULE_STUFF,
    .create_dir_config = cctv_config_create_dir,
    .merge_dir_config = cctv_config_merge_dir,
    .create_server_config = cctv_config_create_server,
    .merge_server_config = cctv_config_merge_server,
    .cmds = cctv_directives,
    .register_hooks = register_hooks,
};
