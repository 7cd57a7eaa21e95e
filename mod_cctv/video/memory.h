/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file memory.h
 * @brief The shared memory of the video part.
 * Layer: pure.
 */
#ifndef CCTV_VIDEO_MEMORY_H
#define CCTV_VIDEO_MEMORY_H

#include "janus/counters.h"
#include "memory/region.h"
#include "video/janus_region.h"
#include "video/failures.h"
#include "video/old_pins.h"
#include "video/pulls.h"
#include "video/unreached.h"

/** What became of a request with events of Janus: values of the label
 *  "result". */
#define CCTV_EVENTS_LIST(X)                                                   \
    X(TAKEN, "taken")                                                         \
    X(REFUSED, "refused") /* it had not the secret */                         \
    X(WRONG, "wrong")     /* it was not events */

#define CCTV_ENUM_EVENTS(name, label) CCTV_EVENTS_##name,

enum {
    CCTV_EVENTS_LIST(CCTV_ENUM_EVENTS) CCTV_EVENTS_COUNT
};

extern const char *const cctv_events_labels[];

typedef struct {
    /** The state of the Janus servers, which all virtual hosts share. */
    cctv_janus_region_t servers[CCTV_JANUS_REGIONS];
    cctv_janus_counters_t counters;
    /** The time from the start of a view to its accepted SDP answer. */
    cctv_histogram_t answers;
    _Atomic uint64_t events[CCTV_EVENTS_COUNT];
    /** Failures by their reason, without CCTV_FAILURE_NONE. */
    _Atomic uint64_t failed[CCTV_FAILURE_COUNT - 1];
    /** Whether the last offer of Janus had no candidates. */
    _Atomic uint32_t lacks_candidates;
    cctv_old_pins_t old_pins;
    cctv_failures_t failures;
    cctv_pulls_t pulls;
    cctv_unreached_t unreached;
} cctv_video_memory_t;

extern const cctv_region_t cctv_video_region;

#endif
