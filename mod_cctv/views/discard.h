/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file discard.h
 * @brief Janus sessions that nobody needs any more, in memory that processes
 *        share.
 * Layer: pure.
 *
 * Who ends a view must not wait for Janus, so he leaves its Janus session
 * here, and the keeper destroys it. A place holds one id, or 0; each is put
 * and taken by one exchange, so nothing is destroyed twice or half there. The
 * places go round: where more come than are taken, the oldest is lost, and
 * its Janus session ends by Janus's own timeout, as does one whose process
 * was killed in between.
 */
#ifndef CCTV_VIEWS_DISCARD_H
#define CCTV_VIEWS_DISCARD_H

#include <stdatomic.h>
#include <stdint.h>

#define CCTV_DISCARD_SIZE 4096

typedef struct {
    _Atomic uint64_t next;
    _Atomic uint64_t ids[CCTV_DISCARD_SIZE];
} cctv_discard_t;

/** Thread-safe, and safe between processes; never blocks. */
static inline void cctv_discard_put(cctv_discard_t *discard, uint64_t id)
{
    uint64_t next = atomic_fetch_add_explicit(&discard->next, 1,
                                              memory_order_relaxed);

    atomic_store_explicit(&discard->ids[next % CCTV_DISCARD_SIZE], id,
                          memory_order_relaxed);
}

/** What is in place i, 0 ≤ i < CCTV_DISCARD_SIZE, and nobody else gets. 0:
 *  nothing */
static inline uint64_t cctv_discard_take(cctv_discard_t *discard, unsigned i)
{
    _Atomic uint64_t *id = &discard->ids[i];

    return atomic_load_explicit(id, memory_order_relaxed) == 0
               ? 0
               : atomic_exchange_explicit(id, 0, memory_order_relaxed);
}

#endif
