/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file workers.c
 * @brief Threads that repeat small steps of background tasks.
 * Layer: pure.
 */
#include "video/workers.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

/* The size is enough for jansson, which parses to a depth of 2,048: bytes. */
#define STACK_SIZE (1 << 20)

typedef struct {
    cctv_workers_t *workers;
    const cctv_work_t *task;
    pthread_t id;
} worker_t;

struct cctv_workers_t {
    pthread_mutex_t mutex;
    pthread_cond_t stop;
    bool is_stopping;
    size_t count;
    worker_t at[];
};

/* Wait until the pause is over or the threads have to stop.
 * @return whether the thread goes on */
static bool worker_wait(cctv_workers_t *workers, int64_t pause)
{
    cctv_time_t until = cctv_now() + pause;
    struct timespec ts = { .tv_sec = until / 1000000,
                           .tv_nsec = until % 1000000 * 1000 };
    bool goes_on;

    pthread_mutex_lock(&workers->mutex);
    while (!workers->is_stopping && pause > 0
           && pthread_cond_timedwait(&workers->stop, &workers->mutex, &ts)
                  == 0) {
    }
    goes_on = !workers->is_stopping;
    pthread_mutex_unlock(&workers->mutex);
    return goes_on;
}

static void *worker_run(void *worker_)
{
    const worker_t *worker = worker_;
    int64_t pause = 0;

    while (worker_wait(worker->workers, pause)) {
        pause = worker->task->step(worker->task->context);
    }
    return NULL;
}

/* The threads block all signals, since httpd handles signals in its own
 * threads. */
static bool worker_create(worker_t *worker, const pthread_attr_t *attr)
{
    sigset_t all;
    sigset_t before;
    int rv;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    rv = pthread_create(&worker->id, attr, worker_run, worker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rv == 0;
}

static bool workers_create(cctv_workers_t *workers, const cctv_work_t *tasks,
                           size_t count)
{
    pthread_attr_t attr;
    bool is_created = true;
    size_t i;
    int j;

    if (pthread_attr_init(&attr) != 0) {
        return false;
    }
    pthread_attr_setstacksize(&attr, STACK_SIZE);
    for (i = 0; i < count && is_created; i++) {
        for (j = 0; j < tasks[i].threads && is_created; j++) {
            worker_t *worker = &workers->at[workers->count];

            *worker = (worker_t){ .workers = workers, .task = &tasks[i] };
            is_created = worker_create(worker, &attr);
            workers->count += is_created;
        }
    }
    pthread_attr_destroy(&attr);
    return is_created;
}

static cctv_workers_t *workers_make(const cctv_work_t *tasks, size_t count)
{
    pthread_condattr_t attr;
    cctv_workers_t *workers;
    size_t threads = 0;
    size_t i;

    for (i = 0; i < count; i++) {
        threads += (size_t)tasks[i].threads;
    }
    workers = calloc(1, sizeof *workers + threads * sizeof workers->at[0]);
    if (workers == NULL || pthread_condattr_init(&attr) != 0) {
        free(workers);
        return NULL;
    }
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&workers->mutex, NULL);
    pthread_cond_init(&workers->stop, &attr);
    pthread_condattr_destroy(&attr);
    return workers;
}

cctv_workers_t *cctv_workers_start(const cctv_work_t *tasks, size_t count)
{
    cctv_workers_t *workers = workers_make(tasks, count);

    if (workers != NULL && !workers_create(workers, tasks, count)) {
        cctv_workers_stop(workers);
        return NULL;
    }
    return workers;
}

void cctv_workers_stop(cctv_workers_t *workers)
{
    size_t i;

    pthread_mutex_lock(&workers->mutex);
    workers->is_stopping = true;
    pthread_cond_broadcast(&workers->stop);
    pthread_mutex_unlock(&workers->mutex);
    for (i = 0; i < workers->count; i++) {
        pthread_join(workers->at[i].id, NULL);
    }
    pthread_cond_destroy(&workers->stop);
    pthread_mutex_destroy(&workers->mutex);
    free(workers);
}
