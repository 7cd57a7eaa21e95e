/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file view_events.h
 * @brief One event when a view starts, and one when it is over.
 * Layer: pure.
 *
 * There is one record for each slot of the table of views. It has what the
 * events tell of a view and the table does not know, and how far its events
 * have got:
 *
 *     none      there is no view whose end is owed: it was started while there
 *               was no event log
 *     starting  its start gets into the queue; the position, once known
 *     started   its start is in the queue; its end is owed
 *     ending    its end gets into the queue; the position, once known
 *
 *     none -> starting -> started (the view lives) -> ending -> none
 *
 * If the queue is full, a start is dropped. An end is not: the state is
 * `started` again, and the slot is left to the sweep, which asks once a second.
 *
 * Only the process that has claimed the slot changes the state, so if it is
 * killed, whoever recovers the slot finds out what was left to do: a position
 * that is still claimed for the slot is not filled, any other one is.
 *
 * All functions are thread-safe, safe between processes, and never block.
 */
#ifndef CCTV_EVENTS_VIEW_EVENTS_H
#define CCTV_EVENTS_VIEW_EVENTS_H

#include "events/memory.h"
#include "views/reasons.h"
#include "views/view_table.h"

/** Reasons of ends that are not counted as ends (views/reasons.h). */
#define CCTV_EVENT_RESTART "restart" /**< it did not survive a restart */
#define CCTV_EVENT_CRASH   "crash"   /**< the process that started it died */

/** The events of views as a process sees them. */
typedef struct {
    const cctv_segment_t *segment;
    cctv_events_t *events;
    cctv_told_t *told;
    uint32_t max;
} cctv_view_events_t;

void cctv_view_events_open(cctv_view_events_t *views,
                           const cctv_segment_t *segment);

/** Note who starts a view. The caller has claimed its slot.
 *  @param details  `started` and `picture` are not read */
void cctv_view_events_describe(const cctv_view_events_t *views, uint32_t index,
                               const cctv_event_details_t *details);

/** The functions of cctv_view_listener_t.
 *  @param wall  the current time: µs since 1970 */
void cctv_view_events_start(const cctv_view_events_t *views,
                            const cctv_view_t *view, int64_t wall);
void cctv_view_events_ending(const cctv_view_events_t *views,
                             const cctv_view_t *view, cctv_ended_t reason);

/** @param reason  a label
 *  @param wall  when it was over: µs since 1970
 *  @return false: the queue is full; cctv_view_events_abandoned() has to
 *          follow, or this function again */
bool cctv_view_events_end(const cctv_view_events_t *views,
                          const cctv_view_t *view, const char *reason,
                          int64_t wall);
/** @param is_last  drop the end if the queue is full
 *  @return as cctv_view_events_end() */
bool cctv_view_events_abandoned(const cctv_view_events_t *views,
                                const cctv_view_t *view, int64_t wall,
                                bool is_last);
void cctv_view_events_picture(const cctv_view_events_t *views,
                              const cctv_view_t *view, int64_t after);

/** Note a view that goes on after a restart: its end is owed. */
void cctv_view_events_resume(const cctv_view_events_t *views,
                             const cctv_view_t *view,
                             const cctv_event_details_t *details);

/** @return whether the end of a view is owed */
bool cctv_view_events_are_owed(const cctv_view_events_t *views,
                               const cctv_view_t *view);

/** Copy what is known of the view in a slot. */
void cctv_view_events_read(const cctv_view_events_t *views,
                           const cctv_view_t *view,
                           cctv_event_details_t *details);

/** Fill in what an event tells of a view. */
void cctv_view_events_fill(const cctv_view_events_t *views,
                           const cctv_view_t *view,
                           const cctv_event_details_t *details,
                           cctv_log_event_t *event);

#endif
