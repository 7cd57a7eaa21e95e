/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file format.h
 * @brief The layout of a catalogue's files: cameras, and their statuses.
 * Layer: pure.
 *
 * The file of cameras never changes after it was published:
 *
 *     +--------------------------+
 *     | cctv_catalogue_head_t    |  magic, checksum, counts, sections
 *     +--------------------------+
 *     | features                 |  the Feature of each slot as text, each at a
 *     |                          |  multiple of 8
 *     | records                  |  cctv_catalogue_record_t of each slot
 *     | names                    |  folded names in the order of ids, each
 *     |                          |  with a NUL behind it
 *     | ids                      |  int32_t, ascending
 *     | name blocks              |  uint64_t: where the names of camera 0,
 *     |                          |  64, 128, … start
 *     | order                    |  uint32_t: the camera of each slot
 *     | slots                    |  uint32_t: the slot of each camera
 *     | nodes                    |  cctv_catalogue_node_t: the R-tree
 *     | places                   |  uint64_t of each slot, ascending: its
 *     |                          |  place along the Hilbert curve
 *     | row ends                 |  uint32_t of each node above the leaves:
 *     |                          |  behind its last row
 *     | rows                     |  cctv_catalogue_row_t, by node
 *     | roles, role ends         |  the names of roles, sorted by bytes
 *     | gone                     |  uint64_t: a bit for each slot of the base
 *     +--------------------------+
 *
 * Sections start at multiples of 64. Numbers are in the byte order of the
 * machine. Cameras are known by their index, 0 to count - 1, in the order of
 * their ids. A slot is a place along the Hilbert curve, so that the cameras of
 * a box are close together in memory.
 *
 * The R-tree is packed: the cameras of 16 consecutive slots share a leaf, 16
 * consecutive leaves share a node of the next level, up to one root. `nodes`
 * has the leaves first and the root last.
 *
 * A node above the leaves has a row for each class of cameras below it: those
 * with the same role and the same answer to whether every browser plays them.
 * The rows answer how many cameras of some roles there are without a look at
 * each. A node that has more than a quarter as many classes as slots has no
 * rows: then its children are asked.
 *
 * A file has either all cameras, and then is a base, or those that are new or
 * different since a base was made. Such a file of changes has the bits `gone`:
 * the camera in this slot of the base is gone, or is in the file of changes
 * instead. A generation is a base, or a base with one file of changes.
 *
 * The file of statuses (status.h) belongs to one file of cameras. It has a word
 * for each slot, the counts by status of each node, and the counts and positions
 * by status of each row, and changes in place.
 */
#ifndef CCTV_CATALOGUE_FORMAT_H
#define CCTV_CATALOGUE_FORMAT_H

#include "cameras/counts.h"

#include <stdint.h>

/** "cctvcata" and "cctvstus". A file from a machine with the other byte order
 *  starts differently. */
#define CCTV_CATALOGUE_MAGIC UINT64_C(0x6363747663617461)
#define CCTV_STATUSES_MAGIC  UINT64_C(0x6363747673747573)

/** Raise it whenever anything in the files moves or changes its meaning. */
#define CCTV_CATALOGUE_LAYOUT 7

/** The children of a node, and the cameras of a leaf. */
#define CCTV_CATALOGUE_FANOUT 16

/** 16 to the power of 8 is more than there are ids. */
#define CCTV_CATALOGUE_LEVELS_MAX 8

/** The cameras of a block of names. */
#define CCTV_CATALOGUE_NAME_BLOCK 64

/** Features start at multiples of this. */
#define CCTV_CATALOGUE_FEATURE_ALIGN 8

/** The words of the bits `gone` for so many cameras. */
#define CCTV_CATALOGUE_GONE_WORDS(count) (((size_t)(count) + 63) / 64)

/** The size of the position in the journal in bytes, including its NUL. */
#define CCTV_CATALOGUE_POSITION_SIZE 64

typedef enum {
    CCTV_SECTION_FEATURES,
    CCTV_SECTION_RECORDS,
    CCTV_SECTION_NAMES,
    CCTV_SECTION_IDS,
    CCTV_SECTION_NAME_BLOCKS,
    CCTV_SECTION_ORDER,
    CCTV_SECTION_SLOTS,
    CCTV_SECTION_NODES,
    CCTV_SECTION_PLACES,
    CCTV_SECTION_ROW_ENDS,
    CCTV_SECTION_ROWS,
    CCTV_SECTION_ROLES,
    CCTV_SECTION_ROLE_ENDS,
    CCTV_SECTION_GONE,
    CCTV_SECTION_COUNT
} cctv_catalogue_section_id_t;

typedef struct {
    uint64_t at;   /**< bytes from the start of the file */
    uint64_t size; /**< bytes */
} cctv_catalogue_section_t;

typedef struct {
    _Alignas(64) uint64_t magic;
    /** XXH3 of the head after this member. */
    uint64_t checksum;
    /** XXH3 of the rest of the file: the same for the same cameras. */
    uint64_t content;
    uint32_t layout;
    uint32_t count; /**< cameras */
    uint32_t roles;
    uint32_t spare;
    uint64_t size; /**< of the file in bytes */
    /** A hash of what names the database, so that cameras of another database
     *  are not served. */
    uint64_t database;
    int64_t built; /**< when its rows were read at the latest: µs since 1970 */
    /** The position in the journal from which changes are missing; a text of
     *  journal.h, "" if there is no journal. */
    char position[CCTV_CATALOGUE_POSITION_SIZE];
    /** In a file of changes: the number of its base, in the name of the file;
     *  0: the file is a base itself. */
    uint64_t base;
    uint64_t base_checksum;
    uint32_t base_count; /**< cameras of the base */
    uint32_t gone;       /**< how many bits of `gone` are set */
    cctv_catalogue_section_t sections[CCTV_SECTION_COUNT];
} cctv_catalogue_head_t;

/** A camera. */
typedef struct {
    double lng; /**< degrees */
    double lat; /**< degrees */
    /** Where its Feature starts in the features, divided by
     *  CCTV_CATALOGUE_FEATURE_ALIGN. */
    uint32_t feature;
    uint32_t role;      /**< its number in the dictionary */
    uint16_t length;    /**< of the Feature in bytes */
    uint16_t status_at; /**< where the status starts in the Feature, with its
                             quote */
    uint8_t status;     /**< the status in the Feature */
    uint8_t first;      /**< cctv_codec_t of its streams */
    uint8_t second;
    uint8_t has_since : 1; /**< whether status_since follows the status */
    uint8_t has_still : 1;
    uint8_t has_hls : 1; /**< whether viewers may get its address of HLS */
} cctv_catalogue_record_t;

_Static_assert(sizeof(cctv_catalogue_record_t) == 32,
               "a record shares a cache line with one other at most");

typedef struct {
    double west;
    double south;
    double east;
    double north;
    /** Bit i: there is a camera whose role has the number i, i + 64, … */
    uint64_t roles;
} cctv_catalogue_node_t;

/** Positions are also counted in whole units of 1e-7 degrees. */
#define CCTV_CATALOGUE_UNITS 10000000

/** The cameras of one class below a node. */
typedef struct {
    /** Twice the number of the role, and 1 if every browser plays them. */
    uint32_t class;
    uint32_t count;
    int32_t west; /**< a box around all of them: CCTV_CATALOGUE_UNITS */
    int32_t south;
    int32_t east;
    int32_t north;
} cctv_catalogue_row_t;

/** How many cameras of a row have a status, and the sums of their positions in
 *  CCTV_CATALOGUE_UNITS. */
typedef struct {
    _Atomic int64_t count;
    _Atomic int64_t lng;
    _Atomic int64_t lat;
} cctv_row_sum_t;

typedef struct {
    cctv_row_sum_t of[CCTV_CAMERA_STATUS_COUNT];
} cctv_row_sums_t;

/** How many cameras below a node have each status. */
typedef struct {
    _Atomic uint32_t count[CCTV_CAMERA_STATUS_COUNT];
} cctv_status_counts_t;

typedef struct {
    uint64_t magic;
    uint64_t catalogue; /**< the checksum of the file of cameras */
    uint32_t count;     /**< cameras */
    uint32_t nodes;
    /** Changes with each change of a status, and is never the same again. */
    _Atomic uint64_t version;
    /** Is raised before and after each change: odd while one is made. */
    _Atomic uint64_t changes;
    /** A change that the listener has perhaps not been told (status.h): the
     *  camera's index + 1, and in the lowest 8 bits the status before; 0: none */
    _Atomic uint64_t untold;
} cctv_statuses_head_t;

#endif
