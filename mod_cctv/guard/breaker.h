/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file breaker.h
 * @brief Circuit breaker: remembers, for all processes, that a service (the
 *        database, Janus) is down.
 * Layer: pure.
 *
 * Closed: the service answers. Open: the service does not answer, and requests
 * are refused at once. Every CCTV_BREAKER_PAUSE one request of all processes
 * may still try the service: the probe. If the service answers the probe, the
 * breaker closes.
 *
 * The breaker is in memory that processes share. One 64-bit word holds the
 * state:
 *
 *     0            closed
 *     t * 2        open; a probe may start from time t on
 *     t * 2 + 1    open; a probe runs since time t
 *
 * A second word holds the time of the last answer. Each word is correct on its
 * own, and no other data depends on them, so relaxed order is enough. If the
 * process of a probe is killed, the word stays; after the lease another
 * process may start a probe.
 */
#ifndef CCTV_GUARD_BREAKER_H
#define CCTV_GUARD_BREAKER_H

#include "core/clock.h"

#include <stdatomic.h>
#include <stdbool.h>

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "64-bit atomics take a lock");

/** µs from the end of a failed probe to the next probe. */
#define CCTV_BREAKER_PAUSE 250000

/**
 * µs. A request that gave up sooner says nothing about the service: its own
 * limit was short.
 */
#define CCTV_BREAKER_LEAST_WAIT 250000

/** All zero means closed. */
typedef struct {
    _Atomic int64_t state;
    _Atomic cctv_time_t last_answer;
} cctv_breaker_t;

typedef enum {
    CCTV_BREAKER_CLOSED, /**< send the request */
    CCTV_BREAKER_PROBE,  /**< send it; this request is the probe */
    CCTV_BREAKER_PROBED, /**< another request is the probe */
    CCTV_BREAKER_DOWN    /**< the service is down */
} cctv_breaker_answer_t;

/**
 * Ask whether a request may be sent to the service. After CLOSED and PROBE the
 * caller has to report the outcome with cctv_breaker_answered(),
 * cctv_breaker_failed() or cctv_breaker_timed_out().
 *
 * @param lease  µs; a probe that is older counts as dead
 * @param since  written with CCTV_BREAKER_PROBED: when the probe started
 * Thread-safe, and safe between processes; never blocks.
 */
cctv_breaker_answer_t cctv_breaker_ask(cctv_breaker_t *breaker,
                                       cctv_time_t now, int64_t lease,
                                       cctv_time_t *since);

/** Report that the service has answered. @return whether it was down before */
bool cctv_breaker_answered(cctv_breaker_t *breaker, cctv_time_t now);

/**
 * Report that the service has not answered a request.
 *
 * @param started   when the request was sent; if the service has answered
 *                  another request since then, it is not down
 * @param is_probe  whether the request was the probe
 */
void cctv_breaker_failed(cctv_breaker_t *breaker, cctv_time_t now,
                         cctv_time_t started, bool is_probe);

/**
 * Report that the service has not answered within the time limit of a request.
 * Users of one service may have different limits. Unless the request was the
 * probe, the service counts as down only if the request has waited for
 * CCTV_BREAKER_LEAST_WAIT. The parameters are those of cctv_breaker_failed().
 */
void cctv_breaker_timed_out(cctv_breaker_t *breaker, cctv_time_t now,
                            cctv_time_t started, bool is_probe);

/** When the service has answered last; 0: never. */
static inline cctv_time_t
cctv_breaker_last_answer(const cctv_breaker_t *breaker)
{
    return atomic_load_explicit(&breaker->last_answer, memory_order_relaxed);
}

/** Whether the service has answered after this point in time. */
static inline bool cctv_breaker_answered_since(const cctv_breaker_t *breaker,
                                               cctv_time_t since)
{
    return cctv_breaker_last_answer(breaker) > since;
}

/** Whether the breaker is open. */
static inline bool cctv_breaker_is_open(const cctv_breaker_t *breaker)
{
    return atomic_load_explicit(&breaker->state, memory_order_relaxed) != 0;
}

#endif
