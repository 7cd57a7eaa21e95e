/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file memory.h
 * @brief The shared memory of the events part.
 * Layer: pure.
 */
#ifndef CCTV_EVENTS_MEMORY_H
#define CCTV_EVENTS_MEMORY_H

#include "events/log.h"
#include "events/queue.h"
#include "guard/single.h"
#include "memory/segment.h"
#include "metrics/counters.h"

/** The most event logs. */
#define CCTV_LOGS_MAX 8

typedef struct {
    _Atomic uint64_t written; /**< lines of events in logs */
    _Atomic uint64_t dropped; /**< lines of events that a log does not get */
} cctv_events_counters_t;

typedef struct {
    cctv_events_counters_t counters;
    /** Only its holder writes logs. */
    cctv_single_t writer;
    /** Only children of this generation write logs; 0: nobody does, because
     *  the server is about to reload or to end. */
    _Atomic uint64_t generation;
    /** How many logs there are; with 0, events are not put into the queue. */
    _Atomic uint32_t log_count;
    cctv_log_t logs[CCTV_LOGS_MAX];
    cctv_queue_t queue;
} cctv_events_t;

/** What the events of a view tell, and the table of views does not know. */
typedef struct {
    int64_t started; /**< µs since 1970 */
    int64_t
        picture; /**< when the first picture came; negative: not known: ms */
    cctv_event_client_t client;
    char unused[6];
    char role[48];
    char user[96];
} cctv_event_details_t;

#define CCTV_DETAIL_WORDS (sizeof(cctv_event_details_t) / 8)

_Static_assert(sizeof(cctv_event_details_t) % 8 == 0, "not a row of words");

/** The record of a slot of the table of views: see view_events.h. */
typedef struct {
    _Atomic uint64_t word;
    _Atomic uint64_t picture;
    _Atomic uint64_t details[CCTV_DETAIL_WORDS];
    /** When the view was over whose end waits for room in the queue: µs since
     *  1970; 0: it does not wait. */
    _Atomic int64_t over;
    /** For which reason a process has tried last to end the view, plus 1. */
    _Atomic uint32_t reason;
} cctv_told_t;

/** The region's capacity is the number of views, as that of
 *  cctv_views_region. */
extern const cctv_region_t cctv_events_region;

/** @return the memory in a segment */
cctv_events_t *cctv_events_open(const cctv_segment_t *segment);

/** @return the records of views in a segment; @param max  gets their number */
cctv_told_t *cctv_events_told(const cctv_segment_t *segment, uint32_t *max);

/** @return whether events are written anywhere */
static inline bool cctv_events_are_on(const cctv_events_t *events)
{
    return atomic_load_explicit(&events->log_count, memory_order_relaxed) > 0;
}

/** Put an event into the queue, or count that it is dropped; nothing happens
 *  if there is no log. Thread-safe, safe between processes, never blocks.
 *  @param spare  see cctv_queue_claim() */
void cctv_events_put(cctv_events_t *events, const cctv_log_event_t *event,
                     uint32_t spare);

#endif
