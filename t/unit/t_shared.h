/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file t_shared.h
 * @brief What the tests of the shared memory have in common. Time is what they
 *        say it is.
 */
#ifndef T_SHARED_H
#define T_SHARED_H

#include "views/views.h"

#include <stdbool.h>
#include <stdint.h>

#define SECOND INT64_C(1000000)

/** When the tests begin, and on which day. */
#define START (1000 * SECOND)
#define DAY   20000

/** How long a view of viewer_of() goes on without a heartbeat. */
#define TIMEOUT (30 * SECOND)

/** A new segment. Lives as long as `pool`; for this process alone, or for
 *  those that it forks, too. */
cctv_views_t make_shared(uint32_t max_sessions, uint32_t max_series);
cctv_views_t make_shared_for_all(uint32_t max_sessions, uint32_t max_series);

/** The segment of make_shared(). */
cctv_segment_t *segment_of(const cctv_views_t *shared);

cctv_moment_t at(cctv_time_t time);

/** From country 1 with browser 2 on system 3, as nobody. */
cctv_viewer_t viewer_of(int32_t camera);

/** Start a view at START; it must be possible. */
cctv_view_t must_start(cctv_views_t *shared, int32_t camera);

/** The value of a label set; 0 also where it is not there. */
uint64_t starts_of(cctv_views_t *shared, int32_t camera);
uint64_t watched_of(cctv_views_t *shared, int32_t camera);

/** Of all series of a kind, the "other" one included. */
uint64_t sum_of(const cctv_views_t *shared, cctv_series_kind_t kind);

/** Of all reasons. */
uint64_t ended_of(const cctv_views_t *shared);

/** Slots that can be taken now; they are taken then. */
uint32_t take_all_slots(cctv_views_t *shared, cctv_time_t now);

/** Fork a process that dies while it fills a slot; where `lives` it only
 *  stops there. @return its id; it has died or stopped */
pid_t fork_claimer(const cctv_views_t *shared, cctv_time_t now, bool lives);

/** Kill a process and wait until it is gone. */
void kill_process(pid_t pid);

#endif
