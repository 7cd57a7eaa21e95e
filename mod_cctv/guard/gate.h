/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gate.h
 * @brief How many threads of a process may be inside a service (the database,
 *        Janus) at once, and how many may wait for a place.
 * Layer: pure.
 *
 * Threads that wait for a service are threads that do nothing else. While
 * the service answers, as many as want may wait. While it is slow (a
 * place is kept for `slow` on average, or nobody inside has come out
 * for that long with every place taken) only max_waiting_slow may, and who
 * is above that is sent away, so that the rest of the process goes on.
 */
#ifndef CCTV_GUARD_GATE_H
#define CCTV_GUARD_GATE_H

#include "core/clock.h"

#include <pthread.h>
#include <stdbool.h>

typedef struct {
    pthread_mutex_t mutex;
    pthread_cond_t change;
    int max_inside;
    int max_waiting;
    int max_waiting_slow;
    int inside;
    int waiting;
    /** Places that were left to one of those who wait: counted as inside
     *  until he takes it, so that nobody overtakes him. */
    int granted;
    /** Those in cctv_gate_pause(). */
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
 * Come in, or wait for a place until the deadline.
 *
 * @return whether the caller is inside; then it has to leave
 * Thread-safe.
 */
bool cctv_gate_enter(cctv_gate_t *gate, cctv_time_t deadline);

/** Leave. @param entered  when the caller came in. Thread-safe. */
void cctv_gate_leave(cctv_gate_t *gate, cctv_time_t entered);

/**
 * Wait in front of the gate for something else than a place, for this time
 * (µs). As many may do so as may wait for a place.
 *
 * @param slow  whether only max_waiting_slow may
 * @return false, at once, where no more may wait
 * Thread-safe.
 */
bool cctv_gate_pause(cctv_gate_t *gate, int64_t time, bool slow);

#endif
