/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_tasks.c
 * @brief Runs the background tasks of all parts, by mod_watchdog.
 * Layer: httpd.
 */
#include "memory/mod_tasks.h"

#include "core/mod_log.h"
#include "core/mod_part.h"
#include "memory/mod_part.h"

#include "apr_optional.h"
#include "apr_strings.h"
#include "mod_watchdog.h"

/* A task as mod_watchdog knows it. */
typedef struct {
    const cctv_task_t *task;
    cctv_single_t *single;
} runner_t;

static apr_status_t run_task(int state, void *data, apr_pool_t *pool)
{
    const runner_t *runner = data;
    cctv_time_t now = cctv_now();
    uint64_t ticket;

    if (state == AP_WATCHDOG_STATE_RUNNING
        && cctv_single_enter(runner->single, now, &ticket)) {
        runner->task->run(now, pool);
        cctv_single_leave(runner->single, ticket);
    }
    return APR_SUCCESS;
}

/* Names of watchdogs that start with '_' are not the administrator's. */
static apr_status_t start_task(apr_pool_t *pconf, const cctv_task_t *task,
                               cctv_single_t *single)
{
    APR_OPTIONAL_FN_TYPE(ap_watchdog_get_instance)
    *get = APR_RETRIEVE_OPTIONAL_FN(ap_watchdog_get_instance);
    APR_OPTIONAL_FN_TYPE(ap_watchdog_register_callback)
    *add = APR_RETRIEVE_OPTIONAL_FN(ap_watchdog_register_callback);
    runner_t *runner = apr_palloc(pconf, sizeof *runner);
    ap_watchdog_t *watchdog;
    apr_status_t rv = APR_ENOTIMPL;
    const char *name = task->has_thread ? apr_pstrcat(pconf, "_cctv_",
                                                      task->name, "_", NULL)
                                        : "_cctv_";

    *runner = (runner_t){ .task = task, .single = single };
    if (get != NULL && add != NULL) {
        rv = get(&watchdog, name, 0, 1, pconf);
    }
    return rv == APR_SUCCESS ? add(watchdog, task->interval, runner, run_task)
                             : rv;
}

void cctv_tasks_start(apr_pool_t *pconf, server_rec *s)
{
    cctv_single_t *single = cctv_memory()->head->tasks;
    const cctv_part_t *const *part;
    const cctv_task_t *task;
    apr_status_t rv = APR_SUCCESS;

    for (part = cctv_parts; *part != NULL; part++) {
        for (task = (*part)->tasks; task != NULL && task->name != NULL;
             task++) {
            if (rv == APR_SUCCESS) {
                rv = start_task(pconf, task, single++);
            }
        }
    }
    if (rv != APR_SUCCESS) {
        CCTV_LOG_S(APLOG_WARNING, rv, s, "CCTV0036",
                   "no watchdog (load mod_watchdog): views that are over are "
                   "ended when somebody looks, and CCTVStateFile is written "
                   "at a stop only");
    }
}
