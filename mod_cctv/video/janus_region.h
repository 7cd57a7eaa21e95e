/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file janus_region.h
 * @brief What all processes share about one Janus.
 * Layer: pure.
 */
#ifndef CCTV_VIDEO_JANUS_REGION_H
#define CCTV_VIDEO_JANUS_REGION_H

#include "core/clock.h"
#include "guard/breaker.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/** The keeper waits no longer for the end of a mountpoint: µs. */
#define CCTV_JANUS_DESTROY_LIMIT 15000000

/** All zero: Janus answers, and nothing is known of its mountpoints. */
typedef struct {
    cctv_breaker_t breaker;
    /** Mountpoints of mod_cctv, as they were listed last. */
    _Atomic uint64_t mountpoints;
    /** Since when a keeper has been destroying a pulled mountpoint; 0: none
     *  is being destroyed. Janus may block all `watch` and `info` calls
     *  meanwhile. */
    _Atomic cctv_time_t destroying_since;
    /** When the last such call ended that blocked Janus for long. */
    _Atomic cctv_time_t blocked_until;
} cctv_janus_region_t;

/**
 * Whether Janus has been blocked by the end of a mountpoint at any time since
 * `since`. A call that was late meanwhile says nothing about the camera that
 * it was for. Thread-safe, never blocks.
 */
static inline bool
cctv_janus_region_was_blocked(const cctv_janus_region_t *region,
                              cctv_time_t since, cctv_time_t now)
{
    cctv_time_t began = atomic_load_explicit(&region->destroying_since,
                                             memory_order_relaxed);

    /* A keeper that was killed leaves its time behind. */
    return (began != 0 && now - began < CCTV_JANUS_DESTROY_LIMIT)
           || atomic_load_explicit(&region->blocked_until,
                                   memory_order_relaxed)
                  > since;
}

#endif
