/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file segment.h
 * @brief The memory that all processes share: a head and the regions of the
 *        parts.
 * Layer: pure.
 *
 *     +------------------------+
 *     | cctv_segment_head_t    |  magic, layout, key, capacities, tasks
 *     +------------------------+
 *     | region 0               |  each at a multiple of 64 bytes
 *     +------------------------+
 *     | region 1               |
 *     | …                      |
 *     +------------------------+
 *
 * The memory holds no pointers and no locks. New memory is all zero, and that
 * is the state in which every region starts.
 */
#ifndef CCTV_MEMORY_SEGMENT_H
#define CCTV_MEMORY_SEGMENT_H

#include "guard/single.h"
#include "memory/region.h"

#define CCTV_REGIONS_MAX 16
#define CCTV_TASKS_MAX   16

#define CCTV_KEY_SIZE 16

typedef struct {
    uint64_t magic;
    /** A hash of the names and layouts of all regions. */
    uint64_t layout;
    /** Since when the counters count: µs since 1970. */
    int64_t started;
    /** The secret key for keyed hashes. */
    unsigned char key[CCTV_KEY_SIZE];
    uint32_t capacities[CCTV_REGIONS_MAX];
    /** For each background task: one process runs it at a time. */
    cctv_single_t tasks[CCTV_TASKS_MAX];
} cctv_segment_head_t;

typedef struct {
    const cctv_region_t *region;
    uint32_t capacity;
    void *at;
} cctv_segment_place_t;

/** The shared memory as mapped in one process. */
struct cctv_segment_t {
    cctv_segment_head_t *head;
    int count;
    cctv_segment_place_t places[CCTV_REGIONS_MAX];
};

/** Start the plan of a segment, without regions. */
void cctv_segment_plan(cctv_segment_t *segment);

/**
 * Add a region to the plan; at most CCTV_REGIONS_MAX.
 *
 * @param capacity  the number of entries; the region defines what an entry is
 */
void cctv_segment_add(cctv_segment_t *segment, const cctv_region_t *region,
                      uint32_t capacity);

/** The size of the head and all regions in bytes; a multiple of 64. */
size_t cctv_segment_size(const cctv_segment_t *segment);

/**
 * Lay out new memory according to the plan, and open it.
 *
 * @param memory   all zero, aligned to 64, of cctv_segment_size() bytes
 * @param started  µs since 1970
 * @return false: the system provides no random numbers
 */
bool cctv_segment_init(cctv_segment_t *segment, void *memory, int64_t started);

/**
 * Whether existing memory has the regions and layouts of the plan. Their
 * capacities may differ.
 */
bool cctv_segment_is_ours(const cctv_segment_t *segment, const void *memory);

/**
 * Open existing memory for which cctv_segment_is_ours() is true. The
 * capacities become those that the memory was made with.
 */
void cctv_segment_open(cctv_segment_t *segment, void *memory);

/** Reset the memory to its first state. @return as cctv_segment_init() */
bool cctv_segment_clear(cctv_segment_t *segment, int64_t started);

/**
 * Find a region. @return NULL: the segment does not have it
 *
 * @param capacity  written: the capacity that the region was made with; may be
 *                  NULL
 */
void *cctv_segment_find(const cctv_segment_t *segment,
                        const cctv_region_t *region, uint32_t *capacity);

/**
 * Compute a keyed hash (SipHash-2-4) of data that must not be stored itself.
 * The result is never 0.
 */
uint64_t cctv_segment_keyed_hash(const cctv_segment_t *segment,
                                 const void *data, size_t len);

#endif
