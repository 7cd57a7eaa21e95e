/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gate.h
 * @brief How many threads of a process may use a service (the database, Janus)
 *        at once, and how many may wait for a place.
 * Layer: pure.
 *
 * A thread that waits for a service does nothing else. While the service
 * answers, max_waiting threads may wait. It is slow when a place is kept for
 * longer than `slow` on average, or when every place is taken and no thread has
 * left for that long. Then only max_waiting_slow threads may wait, and the
 * others are refused, so that the rest of the process goes on.
 */
#ifndef CCTV_GUARD_GATE_H
#define CCTV_GUARD_GATE_H

#include "core/clock.h"

#include <limits.h>
#include <pthread.h>
#include <stdbool.h>

/** For max_waiting: while the service answers, any number of threads may wait.
 *  How many there are is not known: mod_http2 brings its own. */
#define CCTV_GATE_ANY INT_MAX

typedef struct {
    pthread_mutex_t mutex;
    pthread_cond_t change;
    int max_inside;
    int max_waiting;
    int max_waiting_slow;
    int inside;
    int waiting;
    /** Places that were granted to waiting threads: counted as inside until a
     *  waiting thread takes them, so that no other thread overtakes. */
    int granted;
    /** Threads in cctv_gate_pause(). */
    int paused;
    /** From here on the service counts as slow: µs. */
    int64_t slow;
    cctv_time_t last_left;
    cctv_time_t mean_stay; /**< µs, moving average */
} cctv_gate_t;

/** Set up a gate. It lives as long as the process. @return an errno, or 0 */
int cctv_gate_init(cctv_gate_t *gate, int max_inside, int max_waiting,
                   int max_waiting_slow, int64_t slow);

/**
 * Take a place, or wait for one until the deadline.
 *
 * @return whether the caller has a place; then it has to leave
 * Thread-safe.
 */
bool cctv_gate_enter(cctv_gate_t *gate, cctv_time_t deadline);

/** Give the place back. @param entered  when it was taken. Thread-safe. */
void cctv_gate_leave(cctv_gate_t *gate, cctv_time_t entered);

/** Change the number of places. Threads that have one keep it. Thread-safe. */
void cctv_gate_resize(cctv_gate_t *gate, int max_inside);

/** Add a place, unless there are `most` already. @return whether more may be
 *  added. Thread-safe, but not beside cctv_gate_resize(). */
bool cctv_gate_grow(cctv_gate_t *gate, int most);

/**
 * Wait in front of the gate for something else than a place, for this time
 * (µs). As many threads may do so as may wait for a place.
 *
 * @param slow  whether only max_waiting_slow may
 * @return false, at once, where no more threads may wait
 * Thread-safe.
 */
bool cctv_gate_pause(cctv_gate_t *gate, int64_t time, bool slow);

#endif
