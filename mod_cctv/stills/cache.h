/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file cache.h
 * @brief The pictures that were fetched last, in shared memory of a fixed size.
 * Layer: pure.
 *
 *     +----------------+
 *     | head           |  how many bytes were ever taken from the ring
 *     | index          |  for each entry, where its picture starts
 *     | ring           |  cctv_still_t and picture, one after the other
 *     +----------------+
 *
 * A writer takes room by moving the head, writes its picture there, and enters
 * it into the index. The newest picture overwrites the oldest ones. So a writer
 * that is killed leaves room that nobody reads, and holds up nobody.
 *
 * A reader copies a picture and then checks its hash. A picture that was
 * overwritten meanwhile, by whomever, is not found.
 *
 * All functions are thread-safe, safe between processes, and never block.
 */
#ifndef CCTV_STILLS_CACHE_H
#define CCTV_STILLS_CACHE_H

#include "core/clock.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What is known about a picture. */
typedef struct {
    uint64_t database; /**< a hash of what names the database of the camera */
    uint64_t role;     /**< a hash of the camera's role */
    cctv_time_t fetched;
    int64_t modified; /**< when it was fetched: s since 1970 */
    uint64_t content; /**< a hash of the picture */
    int32_t camera;
    uint32_t length; /**< of the picture in bytes, above 0 */
    uint64_t at;     /**< private: where it starts */
    uint64_t check;  /**< private: a hash of the members above */
} cctv_still_t;

_Static_assert(sizeof(cctv_still_t) == 64, "a picture starts at a cache line");

/** The cache of this process: where its memory is. */
typedef struct {
    _Atomic uint64_t *head;
    _Atomic uint64_t *index;
    _Atomic uint64_t *ring;
    uint64_t size; /**< of the ring in bytes */
    uint32_t lines;
} cctv_still_cache_t;

/** The memory of a cache with so many MiB for pictures, in bytes. */
size_t cctv_still_cache_size(uint32_t megabytes);

/** @param memory  at a multiple of 64; all zero at the start */
void cctv_still_cache_open(cctv_still_cache_t *cache, void *memory,
                           uint32_t megabytes);

/**
 * Keep a picture.
 *
 * @param still  has database, role, fetched, modified, camera, length; the
 *               rest is written
 * @return false: the picture is larger than half of the cache
 */
bool cctv_still_cache_put(cctv_still_cache_t *cache, cctv_still_t *still,
                          const char *picture);

/** Find the newest picture of a camera. */
bool cctv_still_cache_find(const cctv_still_cache_t *cache, uint64_t database,
                           int32_t camera, cctv_still_t *out);

/** Copy a picture that was found. @return free() it; NULL: it was overwritten
 *  meanwhile, or there is no memory */
char *cctv_still_cache_copy(const cctv_still_cache_t *cache,
                            const cctv_still_t *still);

#endif
