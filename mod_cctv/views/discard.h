/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file discard.h
 * @brief The Janus sessions that are to be destroyed, in memory that
 *        processes share.
 * Layer: pure.
 *
 * A request that ends a view must not wait for Janus, so it puts the view's
 * Janus session here and the keeper destroys it.
 *
 * A place holds one id, or 0. The places are filled in turn. There are more
 * places than views, so none is lost when all views end at once. Only while
 * Janus does not answer for long can the ring overflow: then the oldest id is
 * overwritten, and Janus ends that view by its own timeout.
 *
 * The keeper looks at an id, destroys the Janus session and only then frees
 * the place. If it is killed in between, the next keeper does it again, which
 * Janus answers with "no such view".
 */
#ifndef CCTV_VIEWS_DISCARD_H
#define CCTV_VIEWS_DISCARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Places beside one for each view: for starts that fail. */
#define CCTV_DISCARD_SPARE 4096

/** The ring as a process sees it; what it points to is shared. */
typedef struct {
    uint32_t size; /**< how many places */
    _Atomic uint64_t *next;
    _Atomic uint64_t *ids;
} cctv_discard_t;

/** Bytes for so many views; a multiple of 64. */
static inline size_t cctv_discard_size(uint32_t max_sessions)
{
    return 64
           + ((size_t)max_sessions + CCTV_DISCARD_SPARE + 7) / 8 * 8
                 * sizeof(uint64_t);
}

/** @param memory  aligned to 64, all zero where it is new */
static inline void cctv_discard_open(cctv_discard_t *discard, void *memory,
                                     uint32_t max_sessions)
{
    discard->size = max_sessions + CCTV_DISCARD_SPARE;
    discard->next = memory;
    discard->ids = discard->next + 64 / sizeof(uint64_t);
}

/** Thread-safe, and safe between processes; never blocks. */
static inline void cctv_discard_put(const cctv_discard_t *discard, uint64_t id)
{
    uint64_t next = atomic_fetch_add_explicit(discard->next, 1,
                                              memory_order_relaxed);

    atomic_store_explicit(&discard->ids[next % discard->size], id,
                          memory_order_relaxed);
}

/** The id in a place, 0 ≤ place < size; 0: the place is free. */
static inline uint64_t cctv_discard_look(const cctv_discard_t *discard,
                                         uint32_t place)
{
    return atomic_load_explicit(&discard->ids[place], memory_order_relaxed);
}

/** Free a place. @return false: another caller freed it, or the id in it has
 *  changed */
static inline bool cctv_discard_done(const cctv_discard_t *discard,
                                     uint32_t place, uint64_t id)
{
    return atomic_compare_exchange_strong_explicit(&discard->ids[place], &id,
                                                   0, memory_order_relaxed,
                                                   memory_order_relaxed);
}

#endif
