/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gate.c
 * @brief Limits how many threads of a process use a service at once, and how
 *        many wait for a place.
 * Layer: pure.
 */
#include "guard/gate.h"

#include "core/thread.h"

/* A thread that waits. */
typedef struct {
    cctv_in_line_t place; /* the first member */
    pthread_cond_t granted;
    bool is_granted;
} waiter_t;

int cctv_gate_init(cctv_gate_t *gate, int max_inside, int max_waiting,
                   int max_waiting_slow, int64_t slow)
{
    *gate = (cctv_gate_t){ .max_inside = max_inside,
                           .max_waiting = max_waiting,
                           .max_waiting_slow = max_waiting_slow,
                           .slow = slow };
    return pthread_mutex_init(&gate->mutex, NULL);
}

static bool is_slow(const cctv_gate_t *gate, cctv_time_t now)
{
    return gate->mean_stay > gate->slow
           || (gate->inside >= gate->max_inside
               && now - gate->last_left > gate->slow);
}

static bool may_wait(const cctv_gate_t *gate, bool slow, int waiting)
{
    return waiting < (slow ? gate->max_waiting_slow : gate->max_waiting);
}

/* Call it with the mutex held. @return whether the thread may still wait */
static bool may_stay(const cctv_gate_t *gate, cctv_time_t now,
                     cctv_time_t deadline)
{
    return now < deadline
           && may_wait(gate, is_slow(gate, now), gate->waiting - 1);
}

static void leave_line(cctv_gate_t *gate, waiter_t *waiter)
{
    cctv_line_leave(&gate->line, &waiter->place);
    gate->waiting--;
}

/* Call it with the mutex held. The place already counts as inside, so no other
 * thread takes it before the waiting one wakes up. */
static void grant(cctv_gate_t *gate)
{
    waiter_t *waiter = (waiter_t *)(void *)gate->line.first;

    leave_line(gate, waiter);
    waiter->is_granted = true;
    pthread_cond_signal(&waiter->granted);
}

/* Call it with the mutex held. */
static bool wait_for_place(cctv_gate_t *gate, cctv_time_t deadline)
{
    waiter_t waiter = { .is_granted = false };
    cctv_time_t now = cctv_now();

    if (!cctv_cond_init(&waiter.granted)) {
        return false;
    }
    cctv_line_join(&gate->line, &waiter.place);
    gate->waiting++;
    while (!waiter.is_granted && may_stay(gate, now, deadline)) {
        cctv_time_t look_again = now + gate->slow;

        cctv_cond_wait(&waiter.granted, &gate->mutex,
                       look_again < deadline ? look_again : deadline);
        now = cctv_now();
    }
    if (!waiter.is_granted) {
        leave_line(gate, &waiter);
    }
    pthread_cond_destroy(&waiter.granted);
    return waiter.is_granted;
}

bool cctv_gate_enter(cctv_gate_t *gate, cctv_time_t deadline)
{
    bool came_in = true;

    pthread_mutex_lock(&gate->mutex);
    if (gate->inside < gate->max_inside) {
        /* If this thread takes the last place, the time in which no thread
         * leaves starts now. */
        if (++gate->inside == gate->max_inside) {
            gate->last_left = cctv_now();
        }
    }
    else {
        came_in = wait_for_place(gate, deadline);
    }
    pthread_mutex_unlock(&gate->mutex);
    return came_in;
}

void cctv_gate_leave(cctv_gate_t *gate, cctv_time_t entered)
{
    cctv_time_t now = cctv_now();

    pthread_mutex_lock(&gate->mutex);
    gate->last_left = now;
    gate->mean_stay += (now - entered - gate->mean_stay) / 8;
    if (gate->waiting > 0 && gate->inside <= gate->max_inside) {
        grant(gate);
    }
    else {
        gate->inside--;
    }
    pthread_mutex_unlock(&gate->mutex);
}

void cctv_gate_resize(cctv_gate_t *gate, int max_inside)
{
    pthread_mutex_lock(&gate->mutex);
    gate->max_inside = max_inside;
    while (gate->waiting > 0 && gate->inside < max_inside) {
        gate->inside++;
        grant(gate);
    }
    pthread_mutex_unlock(&gate->mutex);
}

bool cctv_gate_grow(cctv_gate_t *gate, int most)
{
    int max_inside;

    pthread_mutex_lock(&gate->mutex);
    max_inside = gate->max_inside < most ? gate->max_inside + 1 : most;
    pthread_mutex_unlock(&gate->mutex);
    cctv_gate_resize(gate, max_inside);
    return max_inside < most;
}

bool cctv_gate_pause(cctv_gate_t *gate, int64_t time, bool slow)
{
    struct timespec ts = { .tv_sec = time / 1000000,
                           .tv_nsec = time % 1000000 * 1000 };
    bool may;

    pthread_mutex_lock(&gate->mutex);
    may = may_wait(gate, slow, gate->paused);
    if (may) {
        gate->paused++;
    }
    pthread_mutex_unlock(&gate->mutex);
    if (may) {
        nanosleep(&ts, NULL);
        pthread_mutex_lock(&gate->mutex);
        gate->paused--;
        pthread_mutex_unlock(&gate->mutex);
    }
    return may;
}
