/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file viewer_counts.h
 * @brief Viewer counts: how many views of each camera are watched, in shared
 *        memory.
 * Layer: pure.
 *
 * Viewer counts are shown to viewers. Once a second they are computed anew
 * from all views, so they cannot drift. The limits use other, exact counts
 * (places.h), which include views that are not watched yet.
 *
 * There are two tables. One is read while the other one is filled; then they
 * are swapped. An entry is one 64-bit word with a camera and its count, so
 * readers never see half of an update. A reader that takes longer than the
 * time between two counts may miss a camera. One process counts at a time; if
 * it dies meanwhile, the other table stays current.
 */
#ifndef CCTV_VIEWS_VIEWER_COUNTS_H
#define CCTV_VIEWS_VIEWER_COUNTS_H

#include "guard/single.h"
#include "views/view_table.h"

#include <stdbool.h>

typedef struct {
    uint32_t mask; /* number of entries of a table - 1 */
    _Atomic uint64_t *current;
    cctv_single_t *counting;
    _Atomic uint64_t *tables[2];
    /** Marks the blocks of each table that have entries. */
    _Atomic uint8_t *used[2];
    /* Of the count that goes on in this process. */
    uint64_t next; /* the number of its table */
    uint64_t ticket;
} cctv_viewer_counts_t;

/** @return the size of the tables for this many views: bytes, a multiple of
 *  64 */
size_t cctv_viewer_counts_size(uint32_t max_sessions);

/** @param memory  aligned to 64 bytes; new memory has to be all zero */
void cctv_viewer_counts_open(cctv_viewer_counts_t *counts, void *memory,
                             uint32_t max_sessions);

/* The functions of a visitor (visitor.h) that counts all views that are
 * watched. Its context is a cctv_viewer_counts_t. It does not take part in a
 * walk while another process is counting. */
bool cctv_viewer_counts_begin(void *counts, cctv_time_t now);
void cctv_viewer_counts_visit(void *counts, const cctv_view_t *view,
                              cctv_time_t now);
void cctv_viewer_counts_end(void *counts, cctv_time_t now);

/** @return how many views of a camera were watched at the last count.
 *  Thread-safe; never blocks. */
uint32_t cctv_viewer_counts_of(const cctv_viewer_counts_t *counts,
                               int32_t camera);

#endif
