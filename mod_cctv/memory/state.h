/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file state.h
 * @brief The state file: keeps shared memory over a restart of the server.
 * Layer: pure.
 *
 * A file is either used or refused as a whole. memory/region.h defines what it
 * contains for each region, memory/state_file.h defines its format.
 *
 * After a crash the last values of the counters are not known. If counters
 * were restored from a file that is some seconds older, Prometheus would see a
 * reset and would count the whole total again. Therefore a file says whether
 * it was written after the last change of the counters ("clean"). Counters
 * continue from a clean file and start at zero after any other file; views
 * continue in both cases. A process that has loaded a clean file has to save
 * one that is not clean before anything is counted. Otherwise the clean file
 * would still be there after a crash.
 */
#ifndef CCTV_MEMORY_STATE_H
#define CCTV_MEMORY_STATE_H

#include "memory/segment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/**
 * Raise it when the frame of the file changes. A new region, counter or field
 * does not change the frame.
 */
#define CCTV_STATE_VERSION 3

/** The clocks, and the interval between state files. */
typedef struct {
    cctv_time_t now;
    int64_t interval; /**< µs, at most a day */
    uint16_t day;     /**< in days since 1970 */
} cctv_state_time_t;

typedef enum {
    CCTV_STATE_OK,
    CCTV_STATE_NONE,    /**< there is no file */
    CCTV_STATE_BUSY,    /**< another process is writing it */
    CCTV_STATE_ERROR,   /**< the system refuses; errno has the reason */
    CCTV_STATE_DAMAGED, /**< not a state file, or its checksum is wrong */
    CCTV_STATE_FOREIGN  /**< written with another CCTV_STATE_VERSION */
} cctv_state_status_t;

/**
 * Write the state to "<path>.new" and rename that file to `path`. Only the
 * owner can read it (mode 0600). On failure the file at `path` stays
 * unchanged.
 *
 * @param is_clean  whether nothing can change any more
 */
cctv_state_status_t cctv_state_save(const cctv_segment_t *segment,
                                    const char *path, bool is_clean,
                                    const cctv_state_time_t *time);

/** What was loaded. */
typedef struct {
    bool is_clean;
    /** The number of records by region, in the order of the segment. */
    struct {
        uint32_t taken;
        uint32_t over;
        uint32_t dropped;
    } regions[CCTV_REGIONS_MAX];
} cctv_state_report_t;

/**
 * Load a state file into a new segment. On any error the segment stays new.
 *
 * @param no_counters  treat a clean file as one that is not clean
 * @param report       written if the status is OK
 */
cctv_state_status_t cctv_state_load(const cctv_segment_t *segment,
                                    const char *path,
                                    const cctv_state_time_t *time,
                                    bool no_counters,
                                    cctv_state_report_t *report);

/**
 * As cctv_state_load(), but from memory: for a fuzzer.
 *
 * @param boot  the boot id of the running system
 */
cctv_state_status_t
cctv_state_read(const cctv_segment_t *segment, const void *data, size_t len,
                const char *boot, const cctv_state_time_t *time,
                bool no_counters, cctv_state_report_t *report);

/**
 * Write one record; called by save() of a region.
 *
 * @param size  at most CCTV_RECORD_MAX; the same for all records of one kind
 */
void cctv_state_put(cctv_state_writer_t *writer, const char *region,
                    const void *record, size_t size);

/**
 * Copy a record into the struct of this version (see memory/region.h): fields
 * that the record does not have become zero, fields that the struct does not
 * have are left out.
 *
 * @param min  the size of the first version of the record: bytes
 * @return false: the record is shorter than that; `out` is all zero
 */
static inline bool cctv_state_get(void *out, size_t out_size, size_t min,
                                  const void *record, size_t size)
{
    memset(out, 0, out_size);
    if (size < min) {
        return false;
    }
    memcpy(out, record, size < out_size ? size : out_size);
    return true;
}

#endif
