/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file workers.h
 * @brief Threads that repeat small steps of background tasks.
 * Layer: pure.
 */
#ifndef CCTV_VIDEO_WORKERS_H
#define CCTV_VIDEO_WORKERS_H

#include "core/clock.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/** A task, and the number of threads that do it at the same time. */
typedef struct {
    /** Do a bounded piece of work, such as one call of Janus. With several
     *  threads it has to be thread-safe.
     *  @return the pause before the next step: µs; 0: none */
    int64_t (*step)(void *context);
    void *context;
    int threads;
} cctv_work_t;

typedef struct cctv_workers_t cctv_workers_t;

/**
 * Start the threads of all tasks.
 *
 * @param tasks  have to live until cctv_workers_stop() has returned
 * @return NULL: out of memory, or a thread could not be created
 */
cctv_workers_t *cctv_workers_start(const cctv_work_t *tasks, size_t count);

/** Let each thread finish its current step, wait for all threads, and free
 *  `workers`. */
void cctv_workers_stop(cctv_workers_t *workers);

#endif
