/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file places.h
 * @brief Counts of the places that each client, each camera and all views
 *        together hold, in shared memory.
 * Layer: pure.
 *
 * This is a hash table of counts. A key is a 64-bit number. A bucket is eight
 * cache lines. The hash of a key names its bucket, and the key can be in any
 * cell of that bucket. So a look-up reads exactly one bucket, and a cell can
 * be freed without breaking a chain.
 *
 *     bucket   control | changes | cell | cell | ... (62 cells)
 *
 *     cell     free:  0 (40 bits)   | version (24 bits)
 *              taken: tag (40 bits) | count (24 bits)
 *     control  idle:  sequence
 *              open:  tag | number of a free cell | sequence; the cell is
 *                     being given to the key with this tag
 *
 * The tag is 40 bits of the key's hash; the bucket is named by other bits. Two
 * keys in one bucket share a count with a probability of 2^-40.
 *
 * Invariants:
 *
 * 1. A key has at most one cell. A cell is given to a key only through the
 *    control word of its bucket, one key at a time. A process that finds an
 *    open control word completes it before it opens the next one or frees a
 *    cell. So a process that is killed in between blocks no other process.
 * 2. The sequence makes each value of a control word unique. The version,
 *    which comes from a counter of the whole table, makes each value of a free
 *    cell unique. So a late compare-and-swap changes nothing. Both numbers
 *    wrap: an error would need a process that stands still for exactly 2^17
 *    new keys of one bucket, or 2^24 of the table.
 * 3. A count is changed by one compare-and-swap, which also checks the limit.
 *    If several processes want the last place, exactly one gets it.
 * 4. `changes` of a bucket grows before every change of a count in the bucket.
 *    If it is the same before and after a walk over all views, no count of the
 *    bucket has changed meanwhile.
 *
 * The slot of a view says which places the view holds (view_table.h).
 * view_places.c gives back the places of a process that has died.
 */
#ifndef CCTV_VIEWS_PLACES_H
#define CCTV_VIEWS_PLACES_H

#include "guard/single.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The table as a process sees it; the pointers lead to shared memory. */
typedef struct {
    uint32_t mask; /**< number of buckets - 1 */
    struct cctv_places_head_t *head;
    _Atomic uint64_t *words;
} cctv_places_t;

/** The head of the table; the buckets follow it. */
typedef struct cctv_places_head_t {
    /** The last version that was given to a free cell. */
    _Atomic uint64_t versions;
    /** Lets one process at a time give back what dead processes held. */
    cctv_single_t keeper;
    /** The table of views was found full: it is not searched again before
     *  this time (µs), unless a slot comes free. 0: it is not known to be
     *  full. */
    _Atomic int64_t full_until;
    _Atomic uint64_t unused[5];
} cctv_places_head_t;

typedef enum {
    CCTV_PLACE_TAKEN,
    CCTV_PLACE_LIMIT,  /**< the limit has been reached */
    CCTV_PLACE_NO_ROOM /**< the bucket has no cell for another key */
} cctv_place_t;

/* All functions are thread-safe, safe between processes, and never block. */

/** @return the size of a table for this many views: bytes, a multiple of 64 */
size_t cctv_places_size(uint32_t max_sessions);

/** @param memory  aligned to 64 bytes; new memory has to be all zero */
void cctv_places_open(cctv_places_t *places, void *memory,
                      uint32_t max_sessions);

/** Take one place of a key.
 *  @param limit  the most places of this key; 0: no limit */
cctv_place_t cctv_places_take(cctv_places_t *places, uint64_t key,
                              uint32_t limit);

/** Give `count` places of a key back. If fewer are taken, the count becomes
 *  0. */
void cctv_places_give(cctv_places_t *places, uint64_t key, uint32_t count);

/** @return how many places of a key are taken */
uint32_t cctv_places_count(const cctv_places_t *places, uint64_t key);

/** @return how often a count in the bucket of a key has changed so far */
uint64_t cctv_places_changes(const cctv_places_t *places, uint64_t key);

/** Free the cells whose count is 0. A killed process may leave such cells. */
void cctv_places_tidy(cctv_places_t *places);

#endif
