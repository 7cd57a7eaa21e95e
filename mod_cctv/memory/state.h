/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file state.h
 * @brief The state file: what is shared, over a restart of the server.
 * Layer: pure.
 *
 * A header, the sessions, the series, and an end that counts them and holds
 * a checksum (XXH3) of all before it; numbers as the machine has them. A file
 * is all right or refused as a whole.
 *
 * What counters were at the moment of a crash nobody knows; one restored
 * from seconds before looks to Prometheus like a reset, and its whole total
 * would be counted again. So a file says whether it was written when all was
 * over ("clean"); from any other one sessions go on and counters start at 0.
 * So who has loaded a clean one saves one that is not before anything is
 * counted: the clean one must not be there any more when the server crashes.
 */
#ifndef CCTV_MEMORY_STATE_H
#define CCTV_MEMORY_STATE_H

#include "memory/segment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Raised whenever anything in the file lies or means something else, the
 *  numbers of labels included. */
#define CCTV_STATE_VERSION 2

/** The clocks, and how long a state is from the next one. */
typedef struct {
    cctv_time_t now;
    int64_t interval; /**< µs between two states, a day at most */
    uint16_t day;     /**< since 1970 */
} cctv_state_time_t;

typedef enum {
    CCTV_STATE_OK,
    CCTV_STATE_NONE,    /**< there is no file */
    CCTV_STATE_BUSY,    /**< somebody else writes it */
    CCTV_STATE_ERROR,   /**< the system refuses; errno says why */
    CCTV_STATE_DAMAGED, /**< no state file, or not as it was written */
    CCTV_STATE_FOREIGN  /**< of another version */
} cctv_state_status_t;

/**
 * Write a state: into "<path>.new", which then takes the place of `path`; for
 * the owner alone (0600). Whatever fails, the file at `path` stays whole.
 *
 * @param clean  whether nothing can change any more
 */
cctv_state_status_t cctv_state_save(const cctv_shared_t *shared,
                                    const char *path, bool clean,
                                    const cctv_state_time_t *time);

/** What to leave out of the series. */
typedef struct {
    /** The ids of all cameras, ascending; NULL: not known, keep all. */
    const int32_t *cameras;
    size_t count;
    uint16_t idle_days; /**< since its last use; 0: keep all */
    bool no_counters;   /**< take the file for one of a server that crashed */
} cctv_state_filter_t;

/** What came of it. */
typedef struct {
    bool clean;
    uint32_t sessions;
    uint32_t lost_sessions; /**< over meanwhile, or no room */
    uint32_t series;
    uint32_t dropped; /**< series of no use any more */
} cctv_state_report_t;

/**
 * Read a state into a new segment; on any error the segment stays new.
 * Sessions go on where the machine was not started anew and the server was
 * away for less than their timeout.
 *
 * @param report  written when OK
 */
cctv_state_status_t cctv_state_load(cctv_shared_t *shared, const char *path,
                                    const cctv_state_time_t *time,
                                    const cctv_state_filter_t *filter,
                                    cctv_state_report_t *report);

/** The same from memory, without its file: what a fuzzer calls.
 *  @param boot  the boot id of the running system */
cctv_state_status_t cctv_state_read(cctv_shared_t *shared, const void *data,
                                    size_t len, const char *boot,
                                    const cctv_state_time_t *time,
                                    const cctv_state_filter_t *filter,
                                    cctv_state_report_t *report);

#endif
