/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file discard.h
 * @brief The Janus sessions that are to be destroyed, in shared memory.
 * Layer: pure.
 *
 * A request that ends a view must not wait for Janus, so it puts the view's
 * Janus session here and the keeper destroys it.
 *
 * The memory is a ring of places. A place holds one entry, or 0 if it is free.
 * An entry is the id of a Janus session, and which Janus server has it.
 * Ids are put into the places in turn. The ring has more places than there
 * are views, so no id is lost when all views end at once. The ring can only
 * overflow while Janus does not answer for long: then the oldest id is
 * overwritten, and Janus ends that Janus session by its own timeout.
 *
 * The keeper reads an id, destroys the Janus session and only then frees the
 * place. If the keeper is killed in between, the next keeper destroys the same
 * Janus session again, which Janus answers with "no such session".
 */
#ifndef CCTV_VIEWS_DISCARD_H
#define CCTV_VIEWS_DISCARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Places in addition to one for each view: for starts that fail. */
#define CCTV_DISCARD_SPARE 4096

/** Janus draws ids that have this many bits. The rest of an entry is the key of
 *  the server (cctv_view_t): it is less than CCTV_SERVER_KEYS. */
#define CCTV_DISCARD_ID_BITS 53
#define CCTV_SERVER_KEYS     2048

/** The ring as a process sees it; the pointers lead to shared memory. */
typedef struct {
    uint32_t size; /**< number of places */
    _Atomic uint64_t *next;
    _Atomic uint64_t *ids;
} cctv_discard_t;

/** @return the size of a ring for this many views: bytes, a multiple of 64 */
static inline size_t cctv_discard_size(uint32_t max_sessions)
{
    return 64
           + ((size_t)max_sessions + CCTV_DISCARD_SPARE + 7) / 8 * 8
                 * sizeof(uint64_t);
}

/** @param memory  aligned to 64 bytes; new memory has to be all zero */
static inline void cctv_discard_open(cctv_discard_t *discard, void *memory,
                                     uint32_t max_sessions)
{
    discard->size = max_sessions + CCTV_DISCARD_SPARE;
    discard->next = memory;
    discard->ids = discard->next + 64 / sizeof(uint64_t);
}

/** @return the entry of a Janus session
 *  @param server  see cctv_view_t */
static inline uint64_t cctv_discard_entry(uint16_t server, uint64_t id)
{
    return (uint64_t)server << CCTV_DISCARD_ID_BITS | id;
}

/**
 * Look which server an entry is of.
 *
 * @param server  0: the only server, which all entries are of. Browsers (proxy
 *                transport) may choose ids that use all bits, and only this
 *                server may have such Janus sessions.
 * @param id      gets the id of the Janus session
 * @return false: it is of another one
 */
static inline bool cctv_discard_is_of(uint64_t entry, uint16_t server,
                                      uint64_t *id)
{
    *id = server == 0 ? entry
                      : entry & ((UINT64_C(1) << CCTV_DISCARD_ID_BITS) - 1);
    return server == 0 || entry >> CCTV_DISCARD_ID_BITS == server;
}

/** Put an entry into the next place, whatever that place held before.
 *  Thread-safe, and safe between processes; never blocks. */
static inline void cctv_discard_put(const cctv_discard_t *discard, uint64_t id)
{
    uint64_t next = atomic_fetch_add_explicit(discard->next, 1,
                                              memory_order_relaxed);

    atomic_store_explicit(&discard->ids[next % discard->size], id,
                          memory_order_relaxed);
}

/** @param place  0 ≤ place < size
 *  @return the id in a place; 0: the place is free */
static inline uint64_t cctv_discard_look(const cctv_discard_t *discard,
                                         uint32_t place)
{
    return atomic_load_explicit(&discard->ids[place], memory_order_relaxed);
}

/** Free a place.
 *  @return false: another caller has freed it, or it holds another id now */
static inline bool cctv_discard_done(const cctv_discard_t *discard,
                                     uint32_t place, uint64_t id)
{
    return atomic_compare_exchange_strong_explicit(&discard->ids[place], &id,
                                                   0, memory_order_relaxed,
                                                   memory_order_relaxed);
}

#endif
