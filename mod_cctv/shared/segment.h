/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file segment.h
 * @brief What all processes share: one piece of memory and what lies in it.
 * Layer: pure.
 *
 *     +--------------------------------+
 *     | cctv_head_t                    |  layout, sizes, key, counters
 *     +--------------------------------+
 *     | sessions (views/sessions.h)    |
 *     +--------------------------------+
 *     | places (views/places.h)        |
 *     +--------------------------------+
 *     | audience (views/audience.h)    |
 *     +--------------------------------+
 *     | series (metrics/series.h)      |
 *     +--------------------------------+
 *
 * No pointers and no locks are in it. New memory is all zero, and that is
 * how all of it starts but for the head.
 */
#ifndef CCTV_SHARED_SEGMENT_H
#define CCTV_SHARED_SEGMENT_H

#include "guard/breaker.h"
#include "metrics/counters.h"
#include "metrics/series.h"
#include "video/discard.h"
#include "video/failures.h"
#include "video/proxied.h"
#include "views/audience.h"
#include "views/places.h"
#include "views/sessions.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Raised whenever anything in the segment lies or means something else. */
#define CCTV_SEGMENT_VERSION 2

#define CCTV_KEY_SIZE 16

typedef struct {
    uint64_t magic;
    uint64_t layout;
    uint32_t max_sessions;
    uint32_t max_series;
    /** When the counters started, µs since 1970. */
    int64_t started;
    /** Of the hashes of users, roles and clients; secret. */
    unsigned char key[CCTV_KEY_SIZE];
    /** When the sessions were last looked through. */
    _Atomic cctv_time_t swept;
    /** Cameras by status, as they were counted last, and when they are to be
     *  counted next. */
    _Atomic uint64_t cameras[CCTV_CAMERA_STATUS_COUNT];
    _Atomic cctv_time_t cameras_due;
    _Atomic uint64_t cameras_known;
    cctv_counters_t counters;
    /** Of Janus, which all virtual hosts share. */
    cctv_breaker_t janus;
    /** Mountpoints that are ours, as they were listed last. */
    _Atomic uint64_t mountpoints;
    cctv_discard_t discarded;
    cctv_failures_t failures;
    cctv_proxied_t proxied;
} cctv_head_t;

/** The segment as a process sees it. */
typedef struct {
    cctv_head_t *head;
    cctv_sessions_t sessions;
    cctv_places_t places;
    cctv_audience_t audience;
    cctv_series_t series;
} cctv_shared_t;

/** Bytes. */
size_t cctv_segment_size(uint32_t max_sessions, uint32_t max_series);

/**
 * Lay out new memory.
 *
 * @param memory   all zero, aligned to 64, of cctv_segment_size()
 * @param started  µs since 1970
 * @return false: the system has no random numbers
 */
bool cctv_segment_init(void *memory, uint32_t max_sessions,
                       uint32_t max_series, int64_t started);

/** Whether memory was laid out by this version. */
bool cctv_segment_is_ours(const void *memory);

/** See what lies in memory that is ours. */
void cctv_segment_open(cctv_shared_t *shared, void *memory);

/** Keyed hash (SipHash-2-4) of what must not be kept; never 0. */
uint64_t cctv_segment_hash(const cctv_shared_t *shared, const void *data,
                           size_t len);

#endif
