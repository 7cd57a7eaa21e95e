/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file state_file.h
 * @brief The format of a state file, for its writer and its reader.
 * Layer: pure.
 *
 *     +-----------------------+
 *     | cctv_state_head_t     |
 *     | cctv_state_section_t  |  a region's name, size and number of records
 *     |   records             |
 *     | cctv_state_section_t  |  any number of sections; a region may have
 *     | …                     |  several
 *     | checksum              |  XXH3 of everything before it
 *     +-----------------------+
 *
 * Numbers are in the byte order of the machine. The reader skips sections of
 * regions that it does not know.
 */
#ifndef CCTV_MEMORY_STATE_FILE_H
#define CCTV_MEMORY_STATE_FILE_H

#include "memory/state.h"

/**
 * "cctvstat". A file from a machine with the other byte order starts
 * differently.
 */
#define CCTV_STATE_MAGIC UINT64_C(0x6363747673746174)

#define CCTV_STATE_BOOT_SIZE 40

/** The size of the largest record in bytes. */
#define CCTV_RECORD_MAX 1024

typedef struct {
    uint64_t magic;
    uint64_t version;
    uint64_t is_clean;
    char boot[CCTV_STATE_BOOT_SIZE];
    cctv_time_t saved;
    int64_t interval;
    int64_t started;
    unsigned char key[CCTV_KEY_SIZE];
} cctv_state_head_t;

typedef struct {
    char region[CCTV_REGION_NAME_SIZE];
    uint32_t record_size;
    uint32_t count;
} cctv_state_section_t;

/** The counters of all regions are in sections of this name. */
#define CCTV_COUNTER_SECTION "counters"

/** The most cells of a counter: the buckets and the sum of a histogram. */
#define CCTV_COUNTER_CELLS_MAX 32

/**
 * A record of a counter: "<region>/<counter>", and as many values as the
 * record has room for.
 */
typedef struct {
    char name[CCTV_REGION_NAME_SIZE + CCTV_COUNTER_NAME_SIZE];
    uint64_t values[CCTV_COUNTER_CELLS_MAX];
} cctv_state_counter_t;

_Static_assert(sizeof(cctv_state_head_t)
                   == 24 + CCTV_STATE_BOOT_SIZE + 24 + CCTV_KEY_SIZE,
               "a gap");
_Static_assert(sizeof(cctv_state_section_t) == 24, "a gap");
_Static_assert(sizeof(cctv_state_counter_t) <= CCTV_RECORD_MAX, "too large");

/**
 * Read the id of the current boot of the system; empty if the system does not
 * provide one.
 *
 * @param boot  CCTV_STATE_BOOT_SIZE characters; all are written
 */
void cctv_state_read_boot(char *boot);

#endif
