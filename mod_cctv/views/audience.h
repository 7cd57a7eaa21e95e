/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file audience.h
 * @brief Viewer counts: how many watch each camera, counted once a second, in
 *        memory that processes share.
 * Layer: pure.
 *
 * They are shown to viewers. They are derived from all sessions each time, so
 * they cannot drift. What limits views is counted exactly (places.h), and
 * includes views that are not watched (yet).
 *
 * There are two tables: one is read while the other one is filled, and then
 * they change places. An entry is one 64-bit word, camera and count, so it is
 * right by itself. A reader that takes longer than until the next count may
 * miss a camera. One process counts at a time; if it dies meanwhile, the
 * other table stays in its place.
 */
#ifndef CCTV_VIEWS_AUDIENCE_H
#define CCTV_VIEWS_AUDIENCE_H

#include "guard/single.h"
#include "views/sessions.h"

typedef struct {
    uint32_t mask; /* of a place in a table */
    _Atomic uint64_t *current;
    cctv_single_t *counting;
    _Atomic uint64_t *tables[2];
} cctv_audience_t;

/** Bytes for so many sessions; a multiple of 64. */
size_t cctv_audience_size(uint32_t max_sessions);

/** @param memory  aligned to 64, all zero where it is new */
void cctv_audience_open(cctv_audience_t *audience, void *memory,
                        uint32_t max_sessions);

/** Count all sessions that are watched and not over, unless another process
 *  just does. */
void cctv_audience_count(cctv_audience_t *audience,
                         const cctv_sessions_t *sessions, cctv_time_t now);

/** How many watched a camera when they were counted last. Thread-safe; never
 *  blocks. */
uint32_t cctv_audience_of(const cctv_audience_t *audience, int32_t camera);

#endif
