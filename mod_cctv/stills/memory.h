/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file memory.h
 * @brief The shared memory of the stills part.
 * Layer: pure.
 */
#ifndef CCTV_STILLS_MEMORY_H
#define CCTV_STILLS_MEMORY_H

#include "memory/region.h"
#include "metrics/counters.h"
#include "stills/cache.h"
#include "video/failures.h"

/** What a request for a picture got: values of the label "answer". */
#define CCTV_STILL_ANSWER_LIST(X)                                             \
    X(FRESH, "fresh")   /* a picture that is not older than CCTVStillAge */   \
    X(STALE, "stale")   /* one that is older, while a new one is fetched */   \
    X(WAITED, "waited") /* one that was fetched meanwhile */                  \
    X(FAILED, "failed") /* none: the camera fails */                          \
    X(BUSY, "busy")     /* none yet */

#define CCTV_ENUM_STILL_ANSWER(name, label) CCTV_STILL_##name,

typedef enum {
    CCTV_STILL_ANSWER_LIST(CCTV_ENUM_STILL_ANSWER) CCTV_STILL_ANSWER_COUNT
} cctv_still_answer_t;

extern const char *const cctv_still_answer_labels[];

/** How the fetch of a picture ended: "ok", or the failure. As many as there are
 *  values of cctv_failure_t, which are its indexes. */
extern const char *const cctv_still_result_labels[];

typedef struct {
    _Atomic uint64_t answers[CCTV_STILL_ANSWER_COUNT];
    _Atomic uint64_t fetches[CCTV_FAILURE_COUNT];
    _Atomic uint64_t bytes; /**< of fetched pictures */
    cctv_histogram_t seconds;
} cctv_stills_counters_t;

/** Requests that wait for a picture wait for one of these to change. */
#define CCTV_STILL_BELLS 64

typedef struct {
    cctv_stills_counters_t counters;
    /** Which cameras fail, and which one is being asked: apart from failures of
     *  video. The key is that of cctv_stills_key(). */
    cctv_failures_t failures;
    _Alignas(64) _Atomic uint32_t bells[CCTV_STILL_BELLS];
} cctv_stills_memory_t;

extern const cctv_region_t cctv_stills_region;

/** Open the cache behind it. @param capacity  of the region */
void cctv_stills_open_cache(cctv_stills_memory_t *memory, uint32_t capacity,
                            cctv_still_cache_t *cache);

/** The key of a camera in `failures`. Two cameras of different databases may
 *  have the same one: then each waits for the other.
 *  @param database  0: that of the main server */
int32_t cctv_stills_key(uint64_t database, int32_t camera);

/** Wake the requests that wait for this key. */
void cctv_stills_ring(cctv_stills_memory_t *memory, int32_t key);

/** What changes when something has become of this key. */
static inline _Atomic uint32_t *cctv_stills_bell(cctv_stills_memory_t *memory,
                                                 int32_t key)
{
    return &memory->bells[(uint32_t)key % CCTV_STILL_BELLS];
}

#endif
