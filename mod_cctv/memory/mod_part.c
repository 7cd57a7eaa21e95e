/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.c
 * @brief The shared memory as a part of the module: its setup, and its tasks.
 * Layer: httpd.
 */
#include "memory/mod_part.h"

#include "core/mod_log.h"
#include "memory/mod_saving.h"
#include "memory/mod_segment.h"
#include "memory/mod_settings.h"
#include "memory/mod_tasks.h"

#include "ap_mpm.h"
#include "apr_allocator.h"
#include "apr_thread_mutex.h"
#include "http_core.h"

#include <stdlib.h>

uint64_t cctv_keyed_hash(const void *data, size_t len)
{
    return cctv_segment_keyed_hash(cctv_memory(), data, len);
}

static apr_status_t end(void *unused)
{
    (void)unused;
    cctv_saving_end();
    return APR_SUCCESS;
}

static int memory_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                              apr_pool_t *ptemp, server_rec *s)
{
    bool is_new;
    bool is_saved;

    (void)plog;
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG) {
        return OK;
    }
    is_saved = cctv_saving_begin(s);
    if (!cctv_memory_open(ptemp, s, &is_new)) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    if (is_new && is_saved) {
        cctv_saving_restore();
    }
    cctv_memory_tell_size(ptemp, s);
    cctv_tasks_start(pconf, s);
    apr_pool_cleanup_register(pconf, NULL, end, apr_pool_cleanup_null);
    return OK;
}

static void memory_child_init(apr_pool_t *pchild, server_rec *s)
{
    apr_allocator_t *allocator = apr_pool_allocator_get(pchild);
    apr_thread_mutex_t *mutex;
    apr_status_t rv;

    cctv_tasks_child_init(pchild);
    /* All pools of a child get their memory from this allocator, also those of
     * the watchdog's thread and of mod_dbd's connections. Under prefork, which
     * expects one thread only, the allocator has no lock. */
    if (apr_allocator_mutex_get(allocator) != NULL) {
        return;
    }
    rv = apr_thread_mutex_create(&mutex, APR_THREAD_MUTEX_DEFAULT, pchild);
    if (rv != APR_SUCCESS) {
        CCTV_LOG_S(APLOG_CRIT, rv, s, "CCTV0029",
                   "cannot make a child's memory safe for two threads");
        exit(APEXIT_CHILDFATAL);
    }
    apr_allocator_mutex_set(allocator, mutex);
}

static void register_hooks(apr_pool_t *p)
{
    (void)p;
    /* The post_config functions of the other parts need the memory. */
    ap_hook_post_config(memory_post_config, NULL, NULL, APR_HOOK_REALLY_FIRST);
    /* This hook runs before the child_init hook of mod_watchdog, which starts
     * threads. */
    ap_hook_child_init(memory_child_init, NULL, NULL, APR_HOOK_REALLY_FIRST);
}

static const cctv_task_t tasks[] = { { "state", APR_USEC_PER_SEC,
                                       cctv_saving_step, true, NULL },
                                     { .name = NULL } };

const cctv_part_t cctv_memory_part = { .name = "memory",
                                       .settings = &cctv_memory_settings_group,
                                       .register_hooks = register_hooks,
                                       .tasks = tasks };
