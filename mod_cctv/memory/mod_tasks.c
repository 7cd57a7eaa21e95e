/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_tasks.c
 * @brief Runs the background tasks of all parts, by mod_watchdog.
 * Layer: httpd.
 *
 * There is one watchdog, so that one child does all background work. Its
 * thread runs the tasks that return soon. Each of the others has a thread of
 * its own, which the watchdog's thread starts and stops.
 */
#include "memory/mod_tasks.h"

#include "core/mod_log.h"
#include "core/mod_part.h"
#include "core/thread.h"
#include "memory/mod_part.h"
#include "memory/mod_singleton.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

/* How often the watchdog looks for tasks that are due: µs. */
#define STEP 100000

/* How long the end of a child waits for a task that blocks: s. */
#define STOP_LIMIT 3

typedef struct {
    const cctv_task_t *task;
    /** In shared memory. */
    cctv_single_t *single;
    cctv_time_t due;
    pthread_t thread;
    atomic_bool has_started;
} runner_t;

/* Listed in the parent, while configuring; the rest belongs to the child that
 * runs them. */
static struct {
    runner_t at[CCTV_TASKS_MAX];
    int count;
    /** mod_watchdog stops a callback in its own thread, in the one that ends
     *  the process, or in both at once. */
    pthread_mutex_t one_step;
    cctv_stop_t stop;
} runners = { .one_step = PTHREAD_MUTEX_INITIALIZER };

/* Nothing happens if another process is busy with the task. */
static void runner_run(runner_t *runner, apr_pool_t *pool)
{
    cctv_time_t now = cctv_now();
    uint64_t ticket;

    if (cctv_single_enter(runner->single, now, &ticket)) {
        runner->task->run(now, pool);
        cctv_single_leave(runner->single, ticket);
    }
}

/* ---- Tasks with a thread ---- */

static void *runner_thread(void *runner_)
{
    runner_t *runner = runner_;
    apr_pool_t *pool;

    if (apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        return NULL;
    }
    apr_pool_tag(pool, "cctv_task");
    while (cctv_stop_pause(&runners.stop, runner->task->interval)) {
        runner_run(runner, pool);
        apr_pool_clear(pool);
    }
    apr_pool_destroy(pool);
    return NULL;
}

static void runners_start(void)
{
    int i;

    for (i = 0; i < runners.count && cctv_stop_pause(&runners.stop, 0); i++) {
        runner_t *runner = &runners.at[i];

        if (runner->task->has_thread
            && cctv_thread_create(&runner->thread, NULL, runner_thread,
                                  runner)) {
            atomic_store(&runner->has_started, true);
        }
    }
}

/* A task that hangs, on a disk for example, is left to the end of the
 * process. */
static void runners_stop(void)
{
    struct timespec until;
    int i;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += STOP_LIMIT;
    cctv_stop_tell(&runners.stop);
    for (i = 0; i < runners.count; i++) {
        runner_t *runner = &runners.at[i];
        bool has_started = atomic_exchange(&runner->has_started, false);

        if (has_started
            && pthread_timedjoin_np(runner->thread, NULL, &until) != 0) {
            pthread_detach(runner->thread);
        }
    }
    for (i = 0; i < runners.count; i++) {
        if (runners.at[i].task->stop != NULL) {
            runners.at[i].task->stop();
        }
    }
}

/* ---- The watchdog ---- */

static void runners_step(apr_pool_t *pool)
{
    cctv_time_t now = cctv_now();
    int i;

    for (i = 0; i < runners.count && cctv_stop_pause(&runners.stop, 0); i++) {
        runner_t *runner = &runners.at[i];

        if (!runner->task->has_thread && now >= runner->due) {
            runner->due = now + runner->task->interval;
            runner_run(runner, pool);
        }
    }
}

/* mod_watchdog stops its threads only after mod_dbd has closed its
 * connections. */
static apr_status_t tasks_cleanup(void *data)
{
    (void)data;
    pthread_mutex_lock(&runners.one_step);
    runners_stop();
    pthread_mutex_unlock(&runners.one_step);
    return APR_SUCCESS;
}

void cctv_tasks_child_init(apr_pool_t *pchild)
{
    cctv_stop_init(&runners.stop);
    apr_pool_pre_cleanup_register(pchild, NULL, tasks_cleanup);
}

static apr_status_t watchdog_step(int state, void *data, apr_pool_t *pool)
{
    (void)data;
    pthread_mutex_lock(&runners.one_step);
    switch (state) {
    case AP_WATCHDOG_STATE_STARTING:
        runners_start();
        break;
    case AP_WATCHDOG_STATE_RUNNING:
        runners_step(pool);
        break;
    case AP_WATCHDOG_STATE_STOPPING:
        runners_stop();
        break;
    default:
        break;
    }
    pthread_mutex_unlock(&runners.one_step);
    return APR_SUCCESS;
}

void cctv_tasks_start(apr_pool_t *pconf, server_rec *s)
{
    cctv_single_t *single = cctv_memory()->head->tasks;
    const cctv_part_t *const *part;
    const cctv_task_t *task;
    apr_status_t rv;

    runners.count = 0;
    for (part = cctv_parts; *part != NULL; part++) {
        for (task = (*part)->tasks; task != NULL && task->name != NULL;
             task++) {
            if (runners.count == CCTV_TASKS_MAX) {
                /* CCTV_TASKS_MAX has to be raised. */
                abort();
            }
            runners.at[runners.count] = (runner_t){
                .task = task, .single = &single[runners.count]
            };
            runners.count++;
        }
    }
    rv = cctv_watchdog_start(pconf, "_cctv_", STEP, watchdog_step);
    if (rv != APR_SUCCESS) {
        CCTV_LOG_S(APLOG_WARNING, rv, s, "CCTV0036",
                   "no watchdog (load mod_watchdog): views that are over are "
                   "ended when somebody looks, and CCTVStateFile is written "
                   "at a stop only");
    }
}
