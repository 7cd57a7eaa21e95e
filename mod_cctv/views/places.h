/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file places.h
 * @brief How many places each client, each camera and all views together
 *        hold, in memory that processes share.
 * Layer: pure.
 *
 * A hash table of counts. A key is a 64-bit number; a bucket is eight cache
 * lines, and a key can only be in the bucket that its hash names, in any of
 * its cells. So a look-up reads one bucket and never more, and a cell can be
 * freed without breaking a chain.
 *
 *     bucket   control | changes | cell | cell | ... (62 cells)
 *
 *     cell     free:  0 (40 bits)   | version (24 bits)
 *              taken: tag (40 bits) | count (24 bits)
 *     control  idle:  sequence
 *              open:  tag | number of a free cell | sequence: this key is
 *                     being given this cell
 *
 * The tag is 40 bits of the key's hash other than those that name the
 * bucket: two keys share a count with a probability of 2^-40 for each pair
 * of keys in one bucket.
 *
 * Invariants:
 *
 * 1. A key has at most one cell. A cell becomes taken only through the
 *    control word of its bucket, for one key at a time, and whoever meets an
 *    open control word completes it before it opens the next one or frees a
 *    cell. So a process that is killed in between holds up nobody.
 * 2. A control word never has the same value twice (the sequence), and
 *    neither has a free cell (the version comes from a counter of the whole
 *    table): a compare-and-swap that comes late changes nothing. Both numbers
 *    wrap; a process would have to stand still for 2^17 new keys of one
 *    bucket or 2^24 of the table, and wake up to the very same value.
 * 3. A count is changed by one compare-and-swap, which also checks the limit.
 *    Of several that want the last place, exactly one gets it.
 * 4. `changes` of a bucket grows before every change of a count in it: where
 *    it is the same before and after a walk over all views, no count of the
 *    bucket has changed meanwhile.
 *
 * Which places a view holds is noted in its slot (views.h); views.c gives
 * the places of a dead process back.
 */
#ifndef CCTV_VIEWS_PLACES_H
#define CCTV_VIEWS_PLACES_H

#include "guard/single.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The table as a process sees it; all but the mask is shared. */
typedef struct {
    uint32_t mask; /**< number of buckets - 1 */
    struct cctv_places_head_t *head;
    _Atomic uint64_t *words;
} cctv_places_t;

/** What lies in front of the buckets. */
typedef struct cctv_places_head_t {
    /** The last version that a free cell was given. */
    _Atomic uint64_t versions;
    /** Of the process that gives back what dead processes held. */
    cctv_single_t keeper;
    /** The table of views was found full: nobody looks again before this
     *  time, µs, unless a slot comes free. 0: it is not known to be full. */
    _Atomic int64_t full_until;
    _Atomic uint64_t unused[5];
} cctv_places_head_t;

typedef enum {
    CCTV_PLACE_TAKEN,
    CCTV_PLACE_LIMIT,  /**< as many as the limit are taken already */
    CCTV_PLACE_NO_ROOM /**< no cell for a further key */
} cctv_place_t;

/** Bytes for so many views; a multiple of 64. */
size_t cctv_places_size(uint32_t max_sessions);

/** @param memory  aligned to 64, all zero where it is new */
void cctv_places_open(cctv_places_t *places, void *memory,
                      uint32_t max_sessions);

/** Take one place of a key. @param limit  0: none. Thread-safe, and safe
 *  between processes; never blocks. */
cctv_place_t cctv_places_take(cctv_places_t *places, uint64_t key,
                              uint32_t limit);

/** Give `count` places back. Those that are not taken are none. */
void cctv_places_give(cctv_places_t *places, uint64_t key, uint32_t count);

/** How many are taken. */
uint32_t cctv_places_count(const cctv_places_t *places, uint64_t key);

/** The changes in the bucket of a key so far. */
uint64_t cctv_places_changes(const cctv_places_t *places, uint64_t key);

/** Free the cells whose count is 0, which killed processes may leave. */
void cctv_places_tidy(cctv_places_t *places);

#endif
