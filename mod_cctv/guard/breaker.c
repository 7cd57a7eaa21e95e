/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file breaker.c
 * @brief Circuit breaker: remembers, for all processes, that a service is
 *        down.
 * Layer: pure.
 */
#include "guard/breaker.h"

#define CLOSED        INT64_C(0)
#define OPEN_UNTIL(t) ((int64_t)(t)*2)
#define PROBED(t)     ((int64_t)(t)*2 + 1)
#define IS_PROBED(s)  (((s)&1) != 0)
#define TIME(s)       ((cctv_time_t)((s) / 2))

cctv_breaker_answer_t cctv_breaker_ask(cctv_breaker_t *breaker,
                                       cctv_time_t now, int64_t lease,
                                       cctv_time_t *since)
{
    int64_t state = atomic_load_explicit(&breaker->state,
                                         memory_order_relaxed);
    cctv_time_t from;

    if (state == CLOSED) {
        return CCTV_BREAKER_CLOSED;
    }
    from = TIME(state) + (IS_PROBED(state) ? lease : 0);
    if (now >= from) {
        if (atomic_compare_exchange_strong_explicit(
                &breaker->state, &state, PROBED(now), memory_order_relaxed,
                memory_order_relaxed)) {
            return CCTV_BREAKER_PROBE;
        }
        if (state == CLOSED) {
            return CCTV_BREAKER_CLOSED;
        }
    }
    if (IS_PROBED(state)) {
        *since = TIME(state);
        return CCTV_BREAKER_PROBED;
    }
    return CCTV_BREAKER_DOWN;
}

bool cctv_breaker_answered(cctv_breaker_t *breaker, cctv_time_t now)
{
    atomic_store_explicit(&breaker->last_answer, now, memory_order_relaxed);
    /* Load first: while the service is up, every processor has the word in its
     * cache, and a store would take it away from the others. */
    return atomic_load_explicit(&breaker->state, memory_order_relaxed)
               != CLOSED
           && atomic_exchange_explicit(&breaker->state, CLOSED,
                                       memory_order_relaxed)
                  != CLOSED;
}

void cctv_breaker_failed(cctv_breaker_t *breaker, cctv_time_t now,
                         cctv_time_t started, bool is_probe)
{
    int64_t state = atomic_load_explicit(&breaker->state,
                                         memory_order_relaxed);

    if (atomic_load_explicit(&breaker->last_answer, memory_order_relaxed)
        > started) {
        return;
    }
    /* A request that started before the probe must not end the probe. */
    while (is_probe || !IS_PROBED(state)) {
        if (atomic_compare_exchange_weak_explicit(
                &breaker->state, &state, OPEN_UNTIL(now + CCTV_BREAKER_PAUSE),
                memory_order_relaxed, memory_order_relaxed)) {
            return;
        }
    }
}

void cctv_breaker_timed_out(cctv_breaker_t *breaker, cctv_time_t now,
                            cctv_time_t started, bool is_probe)
{
    if (is_probe || now - started >= CCTV_BREAKER_LEAST_WAIT) {
        cctv_breaker_failed(breaker, now, started, is_probe);
    }
}
