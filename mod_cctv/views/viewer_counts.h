/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file viewer_counts.h
 * @brief Viewer counts: how many watch each camera, counted once a second, in
 *        memory that processes share.
 * Layer: pure.
 *
 * They are shown to viewers. They are derived from all views each time, so
 * they cannot drift. What limits views is counted exactly (places.h), and
 * includes views that are not watched (yet).
 *
 * There are two tables: one is read while the other one is filled, and then
 * they change places. An entry is one 64-bit word, camera and count, so it is
 * right by itself. A reader that takes longer than until the next count may
 * miss a camera. One process counts at a time; if it dies meanwhile, the
 * other table stays in its place.
 */
#ifndef CCTV_VIEWS_VIEWER_COUNTS_H
#define CCTV_VIEWS_VIEWER_COUNTS_H

#include "guard/single.h"
#include "views/view_table.h"

typedef struct {
    uint32_t mask; /* of a place in a table */
    _Atomic uint64_t *current;
    cctv_single_t *counting;
    _Atomic uint64_t *tables[2];
} cctv_viewer_counts_t;

/** Bytes for so many views; a multiple of 64. */
size_t cctv_viewer_counts_size(uint32_t max_sessions);

/** @param memory  aligned to 64, all zero where it is new */
void cctv_viewer_counts_open(cctv_viewer_counts_t *counts, void *memory,
                             uint32_t max_sessions);

/** Count all views that are watched and not over, unless another process
 *  just does. */
void cctv_viewer_counts_count(cctv_viewer_counts_t *counts,
                              const cctv_view_table_t *table, cctv_time_t now);

/** How many watched a camera when they were counted last. Thread-safe; never
 *  blocks. */
uint32_t cctv_viewer_counts_of(const cctv_viewer_counts_t *counts,
                               int32_t camera);

#endif
