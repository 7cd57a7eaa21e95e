/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file state.h
 * @brief The state file: shared memory across a restart of the server.
 * Layer: pure.
 *
 * The file is valid or refused as a whole. What it says about each region is
 * in memory/region.h, how it is written in memory/state_file.h.
 *
 * Nobody knows the counters at the moment of a crash. A counter restored from
 * some seconds before looks to Prometheus like a reset, and its whole total
 * would be counted again. So a file says whether it was written when nothing
 * could change any more ("clean"): from a clean file counters go on, from any
 * other one they start at zero, while views go on in both cases. A process that
 * has loaded a clean file must save one that is not clean before anything is
 * counted: otherwise the clean file would still be there after a crash.
 */
#ifndef CCTV_MEMORY_STATE_H
#define CCTV_MEMORY_STATE_H

#include "memory/segment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Raised when the frame of the file changes; not for a new region, counter or
 *  field. */
#define CCTV_STATE_VERSION 3

/** The clocks, and the time to the next state file. */
typedef struct {
    cctv_time_t now;
    int64_t interval; /**< µs, a day at most */
    uint16_t day;     /**< since 1970 */
} cctv_state_time_t;

typedef enum {
    CCTV_STATE_OK,
    CCTV_STATE_NONE,    /**< there is no file */
    CCTV_STATE_BUSY,    /**< another process is writing it */
    CCTV_STATE_ERROR,   /**< the system refuses; errno says why */
    CCTV_STATE_DAMAGED, /**< not a state file, or changed since written */
    CCTV_STATE_FOREIGN  /**< of another CCTV_STATE_VERSION */
} cctv_state_status_t;

/**
 * Write the state into "<path>.new" and rename that to `path`; readable for the
 * owner only (0600). Whatever fails, the file at `path` stays as it was.
 *
 * @param is_clean  whether nothing can change any more
 */
cctv_state_status_t cctv_state_save(const cctv_segment_t *segment,
                                    const char *path, bool is_clean,
                                    const cctv_state_time_t *time);

/** What was read. */
typedef struct {
    bool is_clean;
    /** Records by region, in the order of the segment. */
    struct {
        uint32_t taken;
        uint32_t over;
        uint32_t dropped;
    } regions[CCTV_REGIONS_MAX];
} cctv_state_report_t;

/**
 * Read a state into a new segment. On any error the segment stays new.
 *
 * @param no_counters  treat a clean file as one that is not
 * @param report       written when OK
 */
cctv_state_status_t cctv_state_load(const cctv_segment_t *segment,
                                    const char *path,
                                    const cctv_state_time_t *time,
                                    bool no_counters,
                                    cctv_state_report_t *report);

/** The same from memory: for a fuzzer.
 *  @param boot  the boot id of the running system */
cctv_state_status_t
cctv_state_read(const cctv_segment_t *segment, const void *data, size_t len,
                const char *boot, const cctv_state_time_t *time,
                bool no_counters, cctv_state_report_t *report);

/** For save() of a region: put a record.
 *  @param size  at most CCTV_RECORD_MAX; the same for records of one kind */
void cctv_state_put(cctv_state_writer_t *writer, const char *region,
                    const void *record, size_t size);

#endif
