/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file region.h
 * @brief What a part keeps in shared memory: how large it is, and how it is
 *        written to the state file and read back.
 * Layer: pure.
 *
 * A region is named, and a state file consists of records that carry the name
 * of their region. So a new region, a region that is gone, a new counter or a
 * longer record does not invalidate what the rest of the file says:
 *
 * - A record may be longer than the reader knows (a newer version wrote it):
 *   new fields are only ever appended, and the reader ignores them.
 * - A record may be shorter than the reader knows (an older version wrote it):
 *   the missing fields are zero, which has to mean "not known".
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

/** Bytes of a region's name, with its NUL. */
#define CCTV_REGION_NAME_SIZE 16

/** Called for each counter of a region: `count` 64-bit cells under a name that
 *  never changes, such as "ended/expired"; at most 55 characters. */
typedef void cctv_counter_visit_t(void *context, const char *name,
                                  _Atomic uint64_t *cells, size_t count);

/** What is known while a state file is read. */
typedef struct {
    const cctv_segment_t *segment;
    cctv_time_t now; /**< CLOCK_MONOTONIC */
    uint16_t day;    /**< today, since 1970 */
    /** Whether the file was written when nothing could change any more.
     *  Otherwise counters start at zero. */
    bool is_clean;
    /** Whether the machine was not restarted since, so that times of
     *  CLOCK_MONOTONIC in the file are comparable with `now`. */
    bool is_same_boot;
    cctv_time_t saved; /**< when the file was written */
    int64_t interval;  /**< µs from one state file to the next */
} cctv_state_load_t;

typedef enum {
    CCTV_RECORD_TAKEN,
    CCTV_RECORD_OVER,   /**< its time is over, or there is no room */
    CCTV_RECORD_DROPPED /**< of no use any more */
} cctv_record_t;

typedef struct cctv_region_t {
    const char *name;
    /** Raised whenever anything in the region moves or changes its meaning:
     *  then memory of a server that was reloaded with a new module is not
     *  used any more. */
    uint32_t layout;
    /** Bytes for so many entries. */
    size_t (*size)(uint32_t capacity);
    /** Visit all counters; NULL: there are none. */
    void (*counters)(void *memory, cctv_counter_visit_t *visit, void *context);
    /** Put all records (cctv_state_put()); NULL: there are none.
     *  @param is_clean  whether nothing can change any more */
    void (*save)(const cctv_segment_t *segment, bool is_clean, cctv_time_t now,
                 cctv_state_writer_t *writer);
    /** Whether a record is one that save() can have put. All records of a file
     *  are checked before the first one is loaded. */
    bool (*is_sound)(const void *record, size_t size);
    /** Take one record. Regions are loaded in the order of the segment. */
    cctv_record_t (*load)(const cctv_state_load_t *load, const void *record,
                          size_t size);
    /** All records have been loaded; NULL: nothing to do. */
    void (*loaded)(const cctv_state_load_t *load);
} cctv_region_t;

#endif
