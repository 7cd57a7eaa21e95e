/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file state_file.h
 * @brief The parts of a state file, for those who write and read it.
 * Layer: pure.
 *
 *     +---------------------+
 *     | cctv_state_head_t   |
 *     | cctv_state_session_t|  × end.sessions
 *     | cctv_state_series_t |  × end.series
 *     | cctv_state_end_t    |
 *     +---------------------+
 */
#ifndef CCTV_MEMORY_STATE_FILE_H
#define CCTV_MEMORY_STATE_FILE_H

#include "memory/state.h"

/** "cctvstat"; a file of a machine that writes numbers the other way round
 * does not have it. */
#define CCTV_STATE_MAGIC UINT64_C(0x6363747673746174)

#define CCTV_STATE_BOOT_SIZE 40

#define CCTV_STATE_COUNTERS (sizeof(cctv_counters_t) / sizeof(uint64_t))

/** None of the parts has a gap in it. */
typedef struct {
    uint64_t magic;
    uint64_t version;
    uint64_t clean;
    char boot[CCTV_STATE_BOOT_SIZE];
    cctv_time_t saved;
    int64_t interval;
    int64_t started;
    unsigned char key[CCTV_KEY_SIZE];
    uint64_t folded;
    uint64_t counters[CCTV_STATE_COUNTERS];
} cctv_state_head_t;

typedef struct {
    uint64_t secret[2];
    cctv_time_t started;
    cctv_time_t last;
    uint64_t user;
    uint64_t role;
    uint64_t client;
    uint32_t home;
    uint32_t timeout;
    int32_t camera;
    uint32_t country;
    cctv_time_t answered;
    uint64_t janus;
    uint64_t handle;
    uint32_t way;
    uint32_t is_gone;
} cctv_state_session_t;

typedef struct {
    uint64_t value;
    int32_t camera;
    uint16_t country;
    uint16_t day;
    uint8_t kind;
    uint8_t browser;
    uint8_t os;
    uint8_t other;
    uint32_t unused;
} cctv_state_series_t;

typedef struct {
    uint64_t sessions;
    uint64_t series;
    uint64_t checksum;
} cctv_state_end_t;

_Static_assert(sizeof(cctv_state_head_t)
                   == 24 + CCTV_STATE_BOOT_SIZE + 24 + CCTV_KEY_SIZE + 8
                          + CCTV_STATE_COUNTERS * 8,
               "a gap");
_Static_assert(sizeof(cctv_state_session_t) == 104, "a gap");
_Static_assert(sizeof(cctv_state_series_t) == 24, "a gap");
_Static_assert(sizeof(cctv_state_end_t) == 24, "a gap");

/** What tells this boot of the system from others; empty where the system
 *  does not say.
 *  @param boot  of CCTV_STATE_BOOT_SIZE characters, all written */
void cctv_state_read_boot(char *boot);

#endif
