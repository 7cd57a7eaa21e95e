/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.c
 * @brief The catalogue as a part of the module.
 * Layer: httpd.
 */
#include "catalogue/mod_part.h"

#include "catalogue/mod_answers.h"
#include "catalogue/mod_families.h"
#include "catalogue/mod_generation.h"
#include "catalogue/mod_lock.h"
#include "catalogue/mod_merge.h"
#include "catalogue/mod_places.h"
#include "catalogue/mod_refresh.h"
#include "catalogue/mod_settings.h"
#include "memory/segment.h"

#include "mpm_common.h"
#include "http_core.h"

static void memory_opened(const cctv_segment_t *segment)
{
    cctv_catalogue_memory_opened(
        cctv_segment_find(segment, &cctv_catalogue_region, NULL));
}

static int post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                       server_rec *s)
{
    (void)pconf;
    (void)plog;
    (void)ptemp;
    (void)s;
    if (ap_state_query(AP_SQ_MAIN_STATE) != AP_SQ_MS_CREATE_PRE_CONFIG) {
        cctv_catalogue_find_last();
        cctv_catalogue_answer();
    }
    return OK;
}

static void child_init(apr_pool_t *pchild, server_rec *s)
{
    cctv_lock_child_init();
    cctv_catalogue_answers_child_init();
    cctv_generation_child_init(pchild, s);
}

static void register_hooks(apr_pool_t *p)
{
    (void)p;
    ap_hook_monitor(cctv_lock_monitor, NULL, NULL, APR_HOOK_MIDDLE);
}

/* One task for all catalogues; each is due in its own time. */
static const cctv_task_t tasks[] = {
    { "catalogue", 100000, cctv_refresh_step, true, cctv_refresh_stop },
    { "catalogue base", 100000, cctv_merge_step, true, cctv_merge_stop },
    { .name = NULL }
};

const cctv_part_t cctv_catalogue_part = {
    .name = "catalogue",
    .region = &cctv_catalogue_region,
    .memory_opened = memory_opened,
    .post_config = post_config,
    .child_init = child_init,
    .register_hooks = register_hooks,
    .settings = &cctv_catalogue_settings_group,
    .tasks = tasks,
    .families = cctv_catalogue_families,
};
