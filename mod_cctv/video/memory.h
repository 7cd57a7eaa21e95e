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
#include "video/proxied.h"

typedef struct {
    /** The state of the one Janus that all virtual hosts share. */
    cctv_janus_region_t janus;
    cctv_janus_counters_t counters;
    /** The time from the start of a view to its accepted SDP answer. */
    cctv_histogram_t answers;
    cctv_failures_t failures;
    /** Failures by their reason, without CCTV_FAILURE_NONE. */
    _Atomic uint64_t failed[CCTV_FAILURE_COUNT - 1];
    /** Whether the last offer of Janus had no candidates. */
    _Atomic uint32_t lacks_candidates;
    cctv_proxied_t proxied;
} cctv_video_memory_t;

extern const cctv_region_t cctv_video_region;

#endif
