/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file janus_region.h
 * @brief The state of one Janus in shared memory.
 * Layer: pure.
 */
#ifndef CCTV_VIDEO_JANUS_REGION_H
#define CCTV_VIDEO_JANUS_REGION_H

#include "core/clock.h"
#include "guard/breaker.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/** The longest time that the keeper waits for Janus to destroy a mountpoint:
 *  µs. */
#define CCTV_JANUS_DESTROY_LIMIT 15000000

/** All zero: Janus answers, and nothing is known about its mountpoints. */
typedef struct {
    cctv_breaker_t breaker;
    /** Its version: 1102 is 1.1.2; 0: not known yet. Janus may be another one
     *  after a restart, so the keeper asks again then. */
    _Atomic int version;
    /** Number of mountpoints of mod_cctv in the last list. */
    _Atomic uint64_t mountpoints;
    /** Since when a keeper has been destroying a pulled mountpoint; 0: none
     *  is being destroyed. Janus may block all `watch` and `info` calls
     *  meanwhile. */
    _Atomic cctv_time_t destroying_since;
    /** When the last destroy call ended that blocked Janus for long. */
    _Atomic cctv_time_t blocked_until;
    /** When its event handler last sent something; 0: never. */
    _Atomic cctv_time_t events_at;
    /** Whether it refused the keeper's last Janus session, or the last list
     *  of mountpoints: then it refuses viewers as well. */
    atomic_bool refuses_sessions;
    atomic_bool refuses_lists;
} cctv_janus_region_t;

/** If the event handler of Janus has been silent for this long, it may not
 *  work: µs. Janus sends something about each view more often than that. */
#define CCTV_JANUS_EVENTS_SILENT 30000000

/** @return whether events of Janus come in. Thread-safe; never blocks. */
static inline bool
cctv_janus_region_has_events(const cctv_janus_region_t *region,
                             cctv_time_t now)
{
    cctv_time_t last = atomic_load_explicit(&region->events_at,
                                            memory_order_relaxed);

    return last != 0 && now - last < CCTV_JANUS_EVENTS_SILENT;
}

/**
 * @return whether the end of a mountpoint has blocked Janus at any time since
 * `since`. A call that was late during that time says nothing about its own
 * camera. Thread-safe; never blocks.
 */
static inline bool
cctv_janus_region_was_blocked(const cctv_janus_region_t *region,
                              cctv_time_t since, cctv_time_t now)
{
    cctv_time_t began = atomic_load_explicit(&region->destroying_since,
                                             memory_order_relaxed);

    /* A killed keeper does not reset the time, so an old time is ignored. */
    return (began != 0 && now - began < CCTV_JANUS_DESTROY_LIMIT)
           || atomic_load_explicit(&region->blocked_until,
                                   memory_order_relaxed)
                  > since;
}

#endif
