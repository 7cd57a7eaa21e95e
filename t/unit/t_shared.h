/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file t_shared.h
 * @brief Shared by the tests of the shared memory. Tests pass the time to each
 *        function instead of reading a clock.
 */
#ifndef T_SHARED_H
#define T_SHARED_H

#include "views/view_id.h"
#include "views/view_media.h"
#include "views/view_places.h"
#include "views/walk.h"

#include <stdbool.h>
#include <stdint.h>

#define SECOND INT64_C(1000000)

/** The time and the day when a test begins. */
#define START (1000 * SECOND)
#define DAY   20000

/** The time after which a view of viewer_of() expires without a heartbeat. */
#define TIMEOUT (30 * SECOND)

/** Make a new segment. It lives as long as `pool`. The first function makes it
 *  for this process alone, the second also for processes that it forks. */
cctv_views_t make_shared(uint32_t max_sessions, uint32_t max_series);
cctv_views_t make_shared_for_all(uint32_t max_sessions, uint32_t max_series);

/** Whether new segments have the region of the events part, which is large. */
extern bool has_events;

/** The segment that make_shared() made. */
cctv_segment_t *segment_of(const cctv_views_t *shared);

cctv_moment_t at(cctv_time_t time);

/** A viewer from country 1 with browser 2 on system 3 and no login. */
cctv_viewer_t viewer_of(int32_t camera);

/** Reserve and publish a view. */
cctv_view_status_t start_view(cctv_views_t *shared,
                              const cctv_viewer_t *viewer, cctv_moment_t now,
                              cctv_view_t *view);

/** Start a view at START; the test fails if it cannot start. */
cctv_view_t must_start(cctv_views_t *shared, int32_t camera);

/** The value of a label set; 0 if there is no such label set. */
uint64_t starts_of(cctv_views_t *shared, int32_t camera);
uint64_t watched_of(cctv_views_t *shared, int32_t camera);

/** The sum over all series of a kind, including the "other" series. */
uint64_t sum_of(const cctv_views_t *shared, cctv_series_kind_t kind);

/** The number of live views that are not overdue; 0 is a time at which none is.
 *  @param cells    NULL, or gets the series cells of those that are watched
 *  @param watched  NULL, or gets the number of these cells */
uint32_t live_views(const cctv_views_t *shared, cctv_time_t now,
                    uint32_t *cells, uint32_t *watched);

/** The number of ended views, over all reasons. */
uint64_t ended_of(const cctv_views_t *shared);

/* Claim and publish, without places; the second function with the old id and
 * times of the view. @return false: there is no slot */
bool table_start(cctv_view_table_t *table, cctv_view_t *view, cctv_time_t now);
bool table_resume(cctv_view_table_t *table, cctv_view_t *view);

/** Close a view and free its slot. @return false: the view has changed
 *  meanwhile */
bool table_end(cctv_view_table_t *table, const cctv_view_t *view,
               cctv_time_t now);

/** Take all slots that are free now. @return how many were free */
uint32_t take_all_slots(cctv_views_t *shared, cctv_time_t now);

/** Fork a process that dies while it fills a slot; if `lives`, it stops there
 *  instead. @return its PID, once it has died or stopped */
pid_t fork_claimer(const cctv_views_t *shared, cctv_time_t now, bool lives);

/** Kill a process and wait until it has ended. */
void kill_process(pid_t pid);

#endif
