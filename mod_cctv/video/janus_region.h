/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file janus_region.h
 * @brief The state of the Janus servers in shared memory.
 * Layer: pure.
 *
 * Each server has a region of its own. The server of CCTVJanusURL has the first
 * one. The others take theirs by the key of their name, when the configuration
 * has been read, and keep it over reloads. A server that is gone from the
 * configuration keeps it until another one needs it.
 */
#ifndef CCTV_VIDEO_JANUS_REGION_H
#define CCTV_VIDEO_JANUS_REGION_H

#include "core/clock.h"
#include "guard/breaker.h"
#include "janus/counters.h"
#include "video/server_key.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/** The longest time that the keeper waits for Janus to destroy a mountpoint:
 *  µs. */
#define CCTV_JANUS_DESTROY_LIMIT 15000000

/** The number of regions: there is always one that no server of the
 *  configuration has. */
#define CCTV_JANUS_REGIONS 32

/** All zero: Janus answers, and nothing is known about its mountpoints. */
typedef struct {
    _Atomic uint16_t key; /**< of the server (server_key.h) */
    /** Whether the server is in the configuration that was read last. */
    atomic_bool is_configured;
    /** Its views that have not lost their video, as the last walk over all
     *  views counted them; how many were begun since; and the number of
     *  walks. */
    _Atomic uint32_t views;
    _Atomic int64_t begun;
    _Atomic uint32_t walks;
    cctv_breaker_t breaker;
    cctv_janus_tally_t tally; /**< its calls */
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

/**
 * Give each server of a new configuration its region. Call it in the parent
 * process, when it has read the configuration.
 *
 * @param regions  CCTV_JANUS_REGIONS of them
 * @param keys     all different; at most CCTV_JANUS_MAX
 */
void cctv_janus_regions_claim(cctv_janus_region_t *regions,
                              const uint16_t *keys, int count);

/** @return the place of the region of a server; negative: it is in no
 *  configuration. Thread-safe; never blocks. */
int cctv_janus_regions_find(const cctv_janus_region_t *regions, uint16_t key);

/** Note that a view which was begun is live. If a walk has ended meanwhile, that
 *  has not counted it. Thread-safe; never blocks.
 *  @param walks  the number of walks when it was begun */
void cctv_janus_region_note_live(cctv_janus_region_t *region, uint32_t walks);

/** @return the number of views that a server has, with those that are being
 *  started. Thread-safe; never blocks. */
uint32_t cctv_janus_region_load(const cctv_janus_region_t *region);

/** @return whether a server is known not to answer, or to refuse us.
 *  Thread-safe; never blocks. */
bool cctv_janus_region_is_down(const cctv_janus_region_t *region);

#endif
