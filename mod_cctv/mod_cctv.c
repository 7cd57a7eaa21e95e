/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_cctv.c
 * @brief The module record, its hooks and its handlers.
 * Layer: httpd.
 */
#include "cameras/handler.h"
#include "cameras/source.h"
#include "configtest.h"
#include "config.h"
#include "database/pool.h"
#include "health/handler.h"
#include "metrics/handler.h"
#include "metrics/status.h"
#include "shared/lifecycle.h"
#include "video/answer.h"
#include "video/handler.h"
#include "video/lifecycle.h"
#include "views/handler.h"
#include "views/roles.h"
#include "whep/age.h"
#include "whep/handler.h"

static int (*const handlers[])(request_rec *) = {
    [CCTV_HANDLER_CAMERAS] = cctv_cameras_handler,
    [CCTV_HANDLER_VIEW_START] = cctv_view_start_handler,
    [CCTV_HANDLER_HEARTBEAT] = cctv_heartbeat_handler,
    [CCTV_HANDLER_VIEW_END] = cctv_view_end_handler,
    [CCTV_HANDLER_HEALTH] = cctv_health_handler,
    [CCTV_HANDLER_METRICS] = cctv_metrics_handler,
    [CCTV_HANDLER_VIEW_ANSWER] = cctv_view_answer_handler,
    [CCTV_HANDLER_WHEP] = cctv_whep_handler,
    [CCTV_HANDLER_JANUS_EVENTS] = cctv_janus_events_handler,
};

/* What a handler has answered, or httpd for it: where a filter found the body
 * of the request wrong, the answer was sent by then. */
static int answered_status(const request_rec *r, int result)
{
    return result == OK || result == DONE || result == AP_FILTER_ERROR
               ? r->status
               : result;
}

/* Hook handler. */
static int handle(request_rec *r)
{
    cctv_time_t started;
    int number = cctv_handler_number(r->handler);
    int result;

    if (number < 0) {
        return DECLINED;
    }
    started = cctv_now();
    result = handlers[number](r);
    cctv_histogram_observe(
        &cctv_lifecycle_shared()->head->counters.http[number][cctv_code_class(
            answered_status(r, result))],
        cctv_now() - started);
    return result;
}

static void register_hooks(apr_pool_t *p)
{
    static const char *const dbd[] = { "mod_dbd.c", NULL };

    (void)p;
    ap_hook_check_config(cctv_configtest, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(cctv_database_post_config, NULL, NULL,
                        APR_HOOK_MIDDLE);
    ap_hook_post_config(cctv_source_post_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(cctv_lifecycle_post_config, NULL, NULL,
                        APR_HOOK_MIDDLE);
    ap_hook_post_config(cctv_whep_post_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(cctv_roles_post_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(cctv_video_post_config, NULL, NULL, APR_HOOK_MIDDLE);
    cctv_status_register();
    /* mod_watchdog starts its threads in its own. */
    ap_hook_child_init(cctv_lifecycle_child_init, NULL, NULL,
                       APR_HOOK_REALLY_FIRST);
    ap_hook_child_init(cctv_video_child_init, NULL, NULL,
                       APR_HOOK_REALLY_FIRST);
    /* mod_dbd connects in its own child_init, with what this one sets. */
    ap_hook_child_init(cctv_database_child_init, NULL, dbd, APR_HOOK_FIRST);
    ap_hook_child_init(cctv_source_child_init, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_child_init(cctv_database_child_ready, dbd, NULL, APR_HOOK_LAST);
    ap_hook_handler(handle, NULL, NULL, APR_HOOK_MIDDLE);
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
