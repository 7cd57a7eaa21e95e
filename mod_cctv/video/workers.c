/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file workers.c
 * @brief Threads that repeat small steps of background tasks.
 * Layer: pure.
 */
#include "video/workers.h"

#include "core/thread.h"

#include <stdlib.h>

/* The size is enough for jansson, which parses to a depth of 2,048: bytes. */
#define STACK_SIZE (1 << 20)

typedef struct {
    cctv_workers_t *workers;
    const cctv_work_t *task;
    pthread_t id;
} worker_t;

struct cctv_workers_t {
    cctv_stop_t stop;
    size_t count;
    worker_t at[];
};

static void *worker_run(void *worker_)
{
    const worker_t *worker = worker_;
    int64_t pause = 0;

    while (cctv_stop_pause(&worker->workers->stop, pause)) {
        pause = worker->task->step(worker->task->context);
    }
    return NULL;
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
            is_created = cctv_thread_create(&worker->id, &attr, worker_run,
                                            worker);
            workers->count += is_created;
        }
    }
    pthread_attr_destroy(&attr);
    return is_created;
}

static cctv_workers_t *workers_make(const cctv_work_t *tasks, size_t count)
{
    cctv_workers_t *workers;
    size_t threads = 0;
    size_t i;

    for (i = 0; i < count; i++) {
        threads += (size_t)tasks[i].threads;
    }
    workers = calloc(1, sizeof *workers + threads * sizeof workers->at[0]);
    if (workers == NULL || !cctv_stop_init(&workers->stop)) {
        free(workers);
        return NULL;
    }
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

    cctv_stop_tell(&workers->stop);
    for (i = 0; i < workers->count; i++) {
        pthread_join(workers->at[i].id, NULL);
    }
    cctv_stop_destroy(&workers->stop);
    free(workers);
}
