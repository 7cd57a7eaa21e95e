/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file region.h
 * @brief A region: what a part keeps in shared memory, its size, and how the
 *        state file stores it.
 * Layer: pure.
 *
 * Each region has a name. A state file consists of records that carry the name
 * of their region. The rest of a file therefore stays valid when a region is
 * added or removed, or when a counter is added or a record grows:
 *
 * - A record may be longer than the reader knows, because a newer version
 *   wrote it. New fields are only ever appended, and the reader ignores them.
 * - A record may be shorter than the reader knows, because an older version
 *   wrote it. The missing fields are zero, which has to mean "not known".
 */
#ifndef CCTV_MEMORY_REGION_H
#define CCTV_MEMORY_REGION_H

#include "core/clock.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cctv_segment_t cctv_segment_t;
typedef struct cctv_state_writer_t cctv_state_writer_t;

/** The size of a region's name in bytes, including its NUL. */
#define CCTV_REGION_NAME_SIZE 16

/** The size of a counter's name in bytes, including its NUL. */
#define CCTV_COUNTER_NAME_SIZE 56

/**
 * Called for each counter of a region. A counter is `count` 64-bit cells under
 * a name that never changes, such as "ended/expired".
 */
typedef void cctv_counter_visit_t(void *context, const char *name,
                                  _Atomic uint64_t *cells, size_t count);

/** What is known while a state file is loaded. */
typedef struct {
    const cctv_segment_t *segment;
    cctv_time_t now; /**< CLOCK_MONOTONIC */
    uint16_t day;    /**< the current day, in days since 1970 */
    /**
     * Whether the file was written after the last change of the counters.
     * Otherwise all counters start at zero.
     */
    bool is_clean;
    /**
     * Whether the machine has not been restarted since the file was written.
     * Only then times of CLOCK_MONOTONIC in the file can be compared with
     * `now`.
     */
    bool is_same_boot;
    cctv_time_t saved; /**< when the file was written */
    int64_t interval;  /**< µs from one state file to the next */
} cctv_state_load_t;

typedef enum {
    CCTV_RECORD_TAKEN,
    CCTV_RECORD_OVER,   /**< expired, or there is no room for it */
    CCTV_RECORD_DROPPED /**< left out because it is no longer needed */
} cctv_record_t;

typedef struct cctv_region_t {
    const char *name;
    /**
     * Raise it whenever anything in the region moves or changes its meaning.
     * After a reload with a new version of the module the old memory is then
     * not used any more.
     */
    uint32_t layout;
    /** The size in bytes of a region with so many entries. */
    size_t (*size)(uint32_t capacity);
    /** Visit all counters; NULL: the region has none. */
    void (*counters)(void *memory, cctv_counter_visit_t *visit, void *context);
    /**
     * Write all records with cctv_state_put(); NULL: the region has none.
     * @param is_clean  whether nothing can change any more
     */
    void (*save)(const cctv_segment_t *segment, bool is_clean, cctv_time_t now,
                 cctv_state_writer_t *writer);
    /**
     * Whether save() can have written such a record. All records of a file are
     * checked before the first one is loaded.
     */
    bool (*is_sound)(const void *record, size_t size);
    /** Load one record. Regions are loaded in the order of the segment. */
    cctv_record_t (*load)(const cctv_state_load_t *load, const void *record,
                          size_t size);
    /** Called after all records have been loaded; NULL: nothing to do. */
    void (*loaded)(const cctv_state_load_t *load);
} cctv_region_t;

/**
 * Visit a row of counters of one cell each. Their names are "row/name".
 * @param names  as many as there are cells
 */
void cctv_region_visit_row(cctv_counter_visit_t *visit, void *context,
                           const char *row, const char *const *names,
                           _Atomic uint64_t *cells, int count);

#endif
