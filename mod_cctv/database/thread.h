/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file thread.h
 * @brief Threads for calls that may block for long, and functions that wait.
 * Layer: pure.
 */
#ifndef CCTV_DATABASE_THREAD_H
#define CCTV_DATABASE_THREAD_H

#include "core/clock.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * Start a detached thread with all signals blocked, so that httpd's signal
 * handlers run only in httpd's own threads.
 *
 * @return false: the system has no thread left
 */
bool cctv_thread_start(void *(*run)(void *), void *arg);

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

#endif
