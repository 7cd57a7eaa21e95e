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
#include "memory/mod_part.h"
#include "memory/mod_singleton.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

/* How often the watchdog looks for tasks that are due: µs. */
#define STEP 100000

/* How long the end of a child waits for a task that blocks: µs. */
#define STOP_LIMIT INT64_C(3000000)

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
    pthread_mutex_t mutex;
    pthread_cond_t stop;
    bool is_stopping;
} runners = { .one_step = PTHREAD_MUTEX_INITIALIZER,
              .mutex = PTHREAD_MUTEX_INITIALIZER };

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

static struct timespec after(clockid_t clock, int64_t us)
{
    struct timespec ts;

    clock_gettime(clock, &ts);
    us += ts.tv_nsec / 1000;
    ts.tv_sec += (time_t)(us / 1000000);
    ts.tv_nsec = (long)(us % 1000000 * 1000);
    return ts;
}

/* @return whether to go on */
static bool runner_wait(const runner_t *runner)
{
    struct timespec until = after(CLOCK_MONOTONIC, runner->task->interval);
    bool is_stopping;
    int error = 0;

    pthread_mutex_lock(&runners.mutex);
    while (!runners.is_stopping && error == 0) {
        error = pthread_cond_timedwait(&runners.stop, &runners.mutex, &until);
    }
    is_stopping = runners.is_stopping;
    pthread_mutex_unlock(&runners.mutex);
    return !is_stopping;
}

static void *runner_thread(void *runner)
{
    apr_pool_t *pool;

    if (apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        return NULL;
    }
    apr_pool_tag(pool, "cctv_task");
    while (runner_wait(runner)) {
        runner_run(runner, pool);
        apr_pool_clear(pool);
    }
    apr_pool_destroy(pool);
    return NULL;
}

/* httpd's signals are for its own threads. */
static bool runner_start(runner_t *runner)
{
    sigset_t all;
    sigset_t before;
    int rv;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    rv = pthread_create(&runner->thread, NULL, runner_thread, runner);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rv == 0;
}

static void runners_init(void)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&runners.stop, &attributes);
    pthread_condattr_destroy(&attributes);
    runners.is_stopping = false;
}

static void runners_start(void)
{
    int i;

    for (i = 0; i < runners.count && !runners.is_stopping; i++) {
        runner_t *runner = &runners.at[i];

        if (runner->task->has_thread && runner_start(runner)) {
            atomic_store(&runner->has_started, true);
        }
    }
}

/* A task that hangs, on a disk for example, is left to the end of the
 * process. */
static void runners_stop(void)
{
    struct timespec until = after(CLOCK_REALTIME, STOP_LIMIT);
    int i;

    pthread_mutex_lock(&runners.mutex);
    runners.is_stopping = true;
    pthread_cond_broadcast(&runners.stop);
    pthread_mutex_unlock(&runners.mutex);
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

    for (i = 0; i < runners.count && !runners.is_stopping; i++) {
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
    runners_init();
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
