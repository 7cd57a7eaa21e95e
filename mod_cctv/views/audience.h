/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file audience.h
 * @brief How many watch each camera, counted every now and then, in memory
 *        that processes share.
 * Layer: pure.
 *
 * Derived from the sessions as a whole each time, so it cannot drift; shown
 * to viewers. What is enforced is counted exactly (sessions.h).
 *
 * Two tables: one is read while the other is filled, and then they change
 * places. An entry is one 64-bit word, camera and count, so it is right by
 * itself. Who reads for longer than it takes until the next count finds a
 * camera missing at worst. One process counts at a time (the watchdog); one
 * that dies while it fills a table leaves the other one in its place.
 */
#ifndef CCTV_VIEWS_AUDIENCE_H
#define CCTV_VIEWS_AUDIENCE_H

#include "views/sessions.h"

typedef struct {
    uint32_t mask; /* of a place in a table */
    _Atomic uint64_t *current;
    _Atomic uint64_t *tables[2];
} cctv_audience_t;

/** Bytes for so many sessions; a multiple of 64. */
size_t cctv_audience_size(uint32_t max_sessions);

/** @param memory  aligned to 64, all zero where it is new */
void cctv_audience_open(cctv_audience_t *audience, void *memory,
                        uint32_t max_sessions);

/** Count all sessions that are watched and not over. By one caller at a
 *  time. */
void cctv_audience_count(cctv_audience_t *audience,
                         const cctv_sessions_t *sessions, cctv_time_t now);

/** How many watched a camera when they were counted last. Thread-safe; never
 *  blocks. */
uint32_t cctv_audience_of(const cctv_audience_t *audience, int32_t camera);

#endif
