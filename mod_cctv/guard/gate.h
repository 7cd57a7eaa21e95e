/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gate.h
 * @brief Limits how many threads of a process use a service (the database,
 *        Janus) at once, and how many wait for a place.
 * Layer: pure.
 *
 * A thread that waits for a service cannot do anything else. While the service
 * is fast, max_waiting threads may wait. The service counts as slow when
 * threads keep their places for longer than `slow` on average, or when all
 * places are taken and no thread has left for that long. Then only
 * max_waiting_slow threads may wait; the others are refused, so that the
 * process can still answer other requests.
 *
 * A place that comes free goes to the thread that has waited longest, so that
 * no thread waits until its deadline while others come and go.
 */
#ifndef CCTV_GUARD_GATE_H
#define CCTV_GUARD_GATE_H

#include "core/clock.h"
#include "guard/line.h"

#include <limits.h>
#include <pthread.h>
#include <stdbool.h>

/**
 * A value of max_waiting: any number of threads may wait while the service is
 * fast. Their number is not known in advance, because mod_http2 starts threads
 * of its own.
 */
#define CCTV_GATE_ANY INT_MAX

typedef struct {
    pthread_mutex_t mutex;
    int max_inside;
    int max_waiting;
    int max_waiting_slow;
    /** With the threads that were given a place and have not woken up yet. */
    int inside;
    int waiting; /**< without those */
    cctv_line_t line;
    /** The number of threads in cctv_gate_pause(). */
    int paused;
    /** µs; a service that takes longer counts as slow. */
    int64_t slow;
    cctv_time_t last_left;
    cctv_time_t mean_stay; /**< µs, moving average */
} cctv_gate_t;

/** Set up a gate. It is never freed. @return 0 or an errno */
int cctv_gate_init(cctv_gate_t *gate, int max_inside, int max_waiting,
                   int max_waiting_slow, int64_t slow);

/**
 * Take a place, or wait for one until the deadline.
 *
 * @return whether the caller got a place; then it has to call
 *         cctv_gate_leave()
 * Thread-safe.
 */
bool cctv_gate_enter(cctv_gate_t *gate, cctv_time_t deadline);

/**
 * Give the place back. Thread-safe.
 *
 * @param entered  when it was taken
 */
void cctv_gate_leave(cctv_gate_t *gate, cctv_time_t entered);

/**
 * Change the number of places. Threads that have a place keep it. Thread-safe.
 */
void cctv_gate_resize(cctv_gate_t *gate, int max_inside);

/**
 * Add one place unless there are `most` already. @return whether more places
 * may be added. Thread-safe, but not together with cctv_gate_resize().
 */
bool cctv_gate_grow(cctv_gate_t *gate, int most);

/**
 * Wait for a fixed time, in µs, before entering the gate. The number of
 * threads that may do so is limited like the number of threads that wait for a
 * place.
 *
 * @param slow  whether the limit is max_waiting_slow
 * @return false, at once: no more threads may wait
 * Thread-safe.
 */
bool cctv_gate_pause(cctv_gate_t *gate, int64_t time, bool slow);

#endif
