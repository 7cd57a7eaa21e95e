/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file workers.h
 * @brief Threads that do small tasks over and over.
 * Layer: pure.
 */
#ifndef CCTV_VIDEO_WORKERS_H
#define CCTV_VIDEO_WORKERS_H

#include "core/clock.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/** A task, and how many threads do it at the same time. */
typedef struct {
    /** Do a bounded piece of work, such as one call of Janus.
     *  @return µs until there may be more; 0: at once */
    int64_t (*step)(void *context);
    void *context;
    int threads;
} cctv_work_t;

typedef struct cctv_workers_t cctv_workers_t;

/**
 * Start the threads of all tasks.
 *
 * @param tasks  stay as long as the threads run
 * @return NULL: the system gives no memory or no thread
 */
cctv_workers_t *cctv_workers_start(const cctv_work_t *tasks, size_t count);

/** Let each thread finish its piece of work, wait for all, and free them. */
void cctv_workers_stop(cctv_workers_t *workers);

#endif
