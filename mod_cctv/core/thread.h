/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file thread.h
 * @brief Threads of the module's own, how they wait, and how they are stopped.
 * Layer: pure.
 */
#ifndef CCTV_CORE_THREAD_H
#define CCTV_CORE_THREAD_H

#include "core/clock.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * Start a thread with all signals blocked, so that httpd's signal handlers run
 * only in httpd's own threads.
 *
 * @param attr  NULL: the defaults
 * @return false: the system has no thread left
 */
bool cctv_thread_create(pthread_t *thread, const pthread_attr_t *attr,
                        void *(*run)(void *), void *arg);

/** As cctv_thread_create(), a detached thread. */
bool cctv_thread_start(void *(*run)(void *), void *arg);

/** The processor time of this thread: µs. */
int64_t cctv_thread_spent(void);

/** Set up a condition for cctv_cond_wait(). @return whether it succeeded */
bool cctv_cond_init(pthread_cond_t *cond);

/**
 * Wait while a word in shared memory has this value, for so many µs at most.
 * May return early.
 */
void cctv_futex_wait(_Atomic uint32_t *word, uint32_t value, int64_t time);

/** Wake all threads in all processes that wait for a change of the word. */
void cctv_futex_wake(_Atomic uint32_t *word);

/**
 * Wait for a signal on the condition. Like pthread_cond_wait() it may return
 * early.
 * @return false, at once: the deadline has passed
 */
bool cctv_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex,
                    cctv_time_t deadline);

/** Tells threads that pause between two pieces of work to stop. */
typedef struct {
    pthread_mutex_t mutex;
    pthread_cond_t told;
    bool is_told;
} cctv_stop_t;

/** @return whether it succeeded */
bool cctv_stop_init(cctv_stop_t *stop);

/** Call it when no thread uses it any more. */
void cctv_stop_destroy(cctv_stop_t *stop);

/** Tell the threads to stop. Wakes those that pause. Thread-safe. */
void cctv_stop_tell(cctv_stop_t *stop);

/**
 * Pause for so many µs; 0: only ask. Thread-safe.
 * @return whether to go on; false, at once: the threads have to stop
 */
bool cctv_stop_pause(cctv_stop_t *stop, int64_t time);

#endif
