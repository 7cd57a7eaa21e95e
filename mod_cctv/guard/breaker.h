/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file breaker.h
 * @brief Remembers, for all processes, that a service (the database, Janus)
 *        is down.
 * Layer: pure.
 *
 * Closed: the service answers. Open: it does not; requests are refused at
 * once, but every CCTV_BREAKER_PAUSE one of all processes may try ("probe"),
 * and its answer closes the breaker.
 *
 * It lives in memory that processes share, one 64-bit word for the state:
 *
 *     0            closed
 *     t * 2        open; a probe may start from time t on
 *     t * 2 + 1    open; a probe is under way since time t
 *
 * and one for the time of the last answer. Each word is right by itself, and
 * no other data hangs on them, so relaxed order is enough. A prober that is
 * killed leaves its word behind; after the lease another one may take over.
 */
#ifndef CCTV_GUARD_BREAKER_H
#define CCTV_GUARD_BREAKER_H

#include "core/clock.h"

#include <stdatomic.h>
#include <stdbool.h>

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "64-bit atomics take a lock");

/** Between the end of a failed probe and the next one: µs. */
#define CCTV_BREAKER_PAUSE 250000

/** All zero: closed. */
typedef struct {
    _Atomic int64_t state;
    _Atomic cctv_time_t last_answer;
} cctv_breaker_t;

typedef enum {
    CCTV_BREAKER_CLOSED, /**< go on */
    CCTV_BREAKER_PROBE,  /**< go on; you are the one who finds out */
    CCTV_BREAKER_PROBED, /**< somebody else is finding out */
    CCTV_BREAKER_DOWN    /**< the service is down */
} cctv_breaker_answer_t;

/**
 * Ask whether to go to the service. Who goes has to report how it went.
 *
 * @param lease  µs; a probe that is older has died
 * @param since  written with CCTV_BREAKER_PROBED: when that probe started
 * Thread-safe, and safe between processes; never blocks.
 */
cctv_breaker_answer_t cctv_breaker_ask(cctv_breaker_t *breaker,
                                       cctv_time_t now, int64_t lease,
                                       cctv_time_t *since);

/** The service has answered. @return whether it was down until now */
bool cctv_breaker_answered(cctv_breaker_t *breaker, cctv_time_t now);

/**
 * The service has not answered a request.
 *
 * @param started   when the request went to the service; where another one
 *                  was answered since, the service is not down
 * @param is_probe  whether the request was the probe
 */
void cctv_breaker_failed(cctv_breaker_t *breaker, cctv_time_t now,
                         cctv_time_t started, bool is_probe);

/** Whether the service has answered after a point in time. */
static inline bool cctv_breaker_answered_since(const cctv_breaker_t *breaker,
                                               cctv_time_t since)
{
    return atomic_load_explicit(&breaker->last_answer, memory_order_relaxed)
           > since;
}

/** Whether the service is down, as far as is known. */
static inline bool cctv_breaker_is_open(const cctv_breaker_t *breaker)
{
    return atomic_load_explicit(&breaker->state, memory_order_relaxed) != 0;
}

#endif
