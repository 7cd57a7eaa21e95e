/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_tasks.c
 * @brief Runs the background tasks of all parts (mod_watchdog).
 * Layer: httpd.
 */
#include "memory/mod_tasks.h"

#include "core/mod_log.h"
#include "core/mod_part.h"
#include "memory/lease.h"
#include "memory/mod_part.h"

#include "apr_optional.h"
#include "apr_strings.h"
#include "mod_watchdog.h"

/* A task together with its lease. */
typedef struct {
    const cctv_task_t *task;
    _Atomic uint64_t *lease;
} runner_t;

static apr_status_t run_task(int state, void *data, apr_pool_t *pool)
{
    const runner_t *runner = data;
    cctv_time_t now = cctv_now();

    if (state == AP_WATCHDOG_STATE_RUNNING
        && cctv_lease_take(runner->lease, now)) {
        runner->task->run(now, pool);
    }
    return APR_SUCCESS;
}

/* A name that starts with '_' cannot be confused with a watchdog of the
 * administrator. */
static apr_status_t start_task(apr_pool_t *pconf, const cctv_task_t *task,
                               _Atomic uint64_t *lease)
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

    *runner = (runner_t){ .task = task, .lease = lease };
    if (get != NULL && add != NULL) {
        rv = get(&watchdog, name, 0, 1, pconf);
    }
    return rv == APR_SUCCESS ? add(watchdog, task->interval, runner, run_task)
                             : rv;
}

void cctv_tasks_start(apr_pool_t *pconf, server_rec *s)
{
    _Atomic uint64_t *lease = cctv_memory()->head->leases;
    const cctv_part_t *const *part;
    const cctv_task_t *task;
    apr_status_t rv = APR_SUCCESS;

    for (part = cctv_parts; *part != NULL; part++) {
        for (task = (*part)->tasks; task != NULL && task->name != NULL;
             task++) {
            if (rv == APR_SUCCESS) {
                rv = start_task(pconf, task, lease++);
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
