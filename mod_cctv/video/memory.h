/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file memory.h
 * @brief What video keeps in shared memory.
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
    /** Of Janus, which all virtual hosts share. */
    cctv_janus_region_t janus;
    cctv_janus_counters_t counters;
    /** From the start of a view to its accepted answer. */
    cctv_histogram_t answers;
    cctv_failures_t failures;
    cctv_proxied_t proxied;
} cctv_video_memory_t;

extern const cctv_region_t cctv_video_region;

#endif
