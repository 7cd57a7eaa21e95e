/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file ring.h
 * @brief The last changes of the cameras, in shared memory.
 * Layer: pure.
 *
 *     +--------------------+
 *     | cctv_ring_head_t   |  the number of the last change, and for each
 *     |                    |  catalogue its epoch
 *     +--------------------+
 *     | slots              |  change n is in slot n modulo CCTV_RING_SIZE
 *     +--------------------+
 *
 * One process at a time writes, in one thread: the task that refreshes the
 * catalogues. Any number of threads read, and nobody ever waits.
 *
 * Invariants:
 * 1. The numbers of changes are 1, 2, 3, …; `last` only grows, and is stored
 *    after the slot of the change is complete. A writer that is killed in
 *    between leaves `last` as it was, and the next writer fills the slot anew.
 * 2. A slot's number is 0 while the slot is written. A reader takes what it
 *    has read only if the slot had the wanted number before and after.
 * 3. A change is added after the generation with it was published. So a reader
 *    that has a generation with at least the change's number sees the camera as
 *    it is after this change, or later.
 * 4. A change says how the camera was before it, so that a reader can tell
 *    who could see it there.
 * 5. All changes of a catalogue since the start of its epoch have been added.
 *    Whoever cannot add a change starts a new epoch instead: every client then
 *    loads its list again.
 */
#ifndef CCTV_PUSH_RING_H
#define CCTV_PUSH_RING_H

#include "core/clock.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A power of 2. */
#define CCTV_RING_SIZE 65536

/** The catalogues of a server; as CCTV_CATALOGUES_MAX. */
#define CCTV_RING_CATALOGUES 8

/** A client that is further behind is not known any more: the writer would
 *  soon overwrite what it reads. */
#define CCTV_RING_KEPT (CCTV_RING_SIZE - 1024)

/** Where a camera is, and what decides who may see it. */
typedef struct {
    uint64_t role; /**< keyed hash of the role's name */
    double lng;    /**< degrees */
    double lat;    /**< degrees */
    uint8_t status;
} cctv_spot_t;

typedef struct {
    int32_t id;
    uint8_t which; /**< the catalogue */
    /** Whether the camera was there before; `before` is of use only then. */
    bool had;
    /** Whether anything but the status has changed. */
    bool is_deep;
    uint64_t generation; /**< the first one with this change */
    cctv_time_t time;    /**< when it was added */
    cctv_spot_t before;
} cctv_record_of_change_t;

typedef struct {
    _Atomic uint64_t number;
    _Atomic uint64_t words[7];
} cctv_ring_slot_t;

typedef struct {
    _Atomic uint64_t last;
    /** 0: there is no epoch yet. */
    _Atomic uint64_t epochs[CCTV_RING_CATALOGUES];
    /** Up to which generation the changes have been added. */
    _Atomic uint64_t told[CCTV_RING_CATALOGUES];
    /** Since when a newer generation is seen without its changes; 0: none. */
    _Atomic cctv_time_t waits[CCTV_RING_CATALOGUES];
} cctv_ring_head_t;

/** The ring as a process sees it; the pointers lead to shared memory. */
typedef struct {
    cctv_ring_head_t *head;
    cctv_ring_slot_t *slots; /**< CCTV_RING_SIZE */
} cctv_ring_t;

/** The number of the last change; 0: there is none. */
static inline uint64_t cctv_ring_last(const cctv_ring_t *ring)
{
    return atomic_load_explicit(&ring->head->last, memory_order_acquire);
}

/** The epoch of a catalogue; starts the first one. Never 0. */
uint64_t cctv_ring_epoch(const cctv_ring_t *ring, int which);

/** Start a new epoch. Any thread may do this. */
void cctv_ring_renew(const cctv_ring_t *ring, int which);

/** Whether all changes after this number can still be read. */
static inline bool cctv_ring_has(const cctv_ring_t *ring, uint64_t number)
{
    uint64_t last = cctv_ring_last(ring);

    return number <= last && last - number <= CCTV_RING_KEPT;
}

/** Read a change. @return false: it was overwritten, or there is none yet */
bool cctv_ring_read(const cctv_ring_t *ring, uint64_t number,
                    cctv_record_of_change_t *out);

/** Add a change. Only for the writer. */
void cctv_ring_add(const cctv_ring_t *ring,
                   const cctv_record_of_change_t *change);

/** Note that all changes up to this generation have been added. Only for the
 *  writer. */
void cctv_ring_set_told(const cctv_ring_t *ring, int which,
                        uint64_t generation);

uint64_t cctv_ring_told(const cctv_ring_t *ring, int which);

/**
 * Start a new epoch if the changes of a generation do not come: the writer has
 * died after it had published the generation. Each reader calls this with the
 * generation that it sees.
 */
void cctv_ring_check(const cctv_ring_t *ring, int which, uint64_t generation,
                     cctv_time_t now);

/** How long the changes of a generation may be late: µs. */
#define CCTV_RING_PATIENCE INT64_C(10000000)

/**
 * The number from which a client has to start that loads its list next. It is
 * before changes that are younger than `late`, because for a moment another
 * process may still answer from the generation before.
 *
 * @param late  how long a process may take to map a generation: µs
 */
uint64_t cctv_ring_start(const cctv_ring_t *ring, cctv_time_t now,
                         int64_t late);

#endif
