/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file view_index.h
 * @brief Finds the view of a Janus session, in shared memory.
 * Layer: pure.
 *
 * An entry is one 64-bit word: a slot, and 32 bits of the hash of the Janus
 * session. The table of views says whether an entry is still right, so entries
 * are never removed; a new one takes the place of one that is out of date. If
 * all entries of a cache line are in use, a new one replaces any of them, and
 * the view of that one is not found any more. Then only the keeper, which walks
 * over all views, looks after that view.
 *
 * All functions are thread-safe, safe between processes, and never block.
 */
#ifndef CCTV_VIEWS_VIEW_INDEX_H
#define CCTV_VIEWS_VIEW_INDEX_H

#include "views/view_table.h"

typedef struct {
    uint32_t lines;
    _Atomic uint64_t *entries;
} cctv_view_index_t;

/** @return the size for this many views: bytes, a multiple of 64 */
size_t cctv_view_index_size(uint32_t max_sessions);

/** @param memory  aligned to 64 bytes; new memory has to be all zero */
void cctv_view_index_open(cctv_view_index_t *index, void *memory,
                          uint32_t max_sessions);

/** Note in which slot the view of a Janus session is. */
void cctv_view_index_put(cctv_view_index_t *index,
                         const cctv_view_table_t *table, uint64_t janus,
                         uint32_t slot);

/** Find the live view that has this Janus session; it may be overdue.
 *  @return false: there is none, or it is not found */
bool cctv_view_index_find(const cctv_view_index_t *index,
                          const cctv_view_table_t *table, uint64_t janus,
                          cctv_view_t *view);

#endif
