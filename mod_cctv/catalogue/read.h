/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file read.h
 * @brief Reads a catalogue that is in memory.
 * Layer: pure.
 *
 * A camera is known by its index. The cameras of a file have 0 to count - 1, in
 * the order of ids. If a catalogue has a file of changes, the cameras of that
 * file follow, also in the order of ids, and some cameras before are gone:
 * cctv_catalogue_next() lists those that are there. All functions are
 * thread-safe, and allocate nothing unless they say so.
 */
#ifndef CCTV_CATALOGUE_READ_H
#define CCTV_CATALOGUE_READ_H

#include "cameras/camera.h"
#include "cameras/filter.h"
#include "cameras/since.h"
#include "catalogue/format.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A catalogue in memory. Use the functions below to read a camera. */
typedef struct cctv_catalogue_t {
    const cctv_catalogue_head_t *head;
    const char *features;
    const char *names;
    const cctv_catalogue_record_t *records;
    const int32_t *ids;
    const uint64_t *name_blocks;
    const uint32_t *order;
    const uint32_t *slots;
    const cctv_catalogue_node_t *nodes;
    const uint64_t *places;
    const uint32_t *row_ends;
    const cctv_catalogue_row_t *rows;
    const char *roles;
    const uint32_t *role_ends;
    int count;  /**< in the file itself */
    int levels; /**< of nodes; 0 without cameras */
    uint32_t level_at[CCTV_CATALOGUE_LEVELS_MAX]; /**< the first node of each
                                                       level, 0: the leaves */
    uint32_t node_count;
    uint32_t row_count;
    /* The statuses; those of another process change at any time. */
    cctv_statuses_head_t *status_head;
    _Atomic uint64_t *statuses; /**< by slot: status.h */
    cctv_status_counts_t *status_counts;
    cctv_row_sums_t *row_sums;
    /** What has changed since the file was made, by cctv_catalogue_join();
     *  NULL: nothing. */
    const struct cctv_catalogue_t *changes;
    /** A bit for each slot (format.h) whose camera is gone or is in `changes`
     *  instead; NULL: there is none. */
    const uint64_t *gone;
    /** Which catalogue of this server it is, and its generation. Set by
     *  mod_generation.c; the other files do not use them. */
    int which;
    uint64_t number;
} cctv_catalogue_t;

/**
 * Check a file of cameras completely, and open it. After that every other
 * function is safe, whatever the file contains.
 *
 * @param memory  the whole file, aligned to 64; has to stay until the
 *                catalogue is not used any more
 * @param out     written only on success; without statuses: see
 *                cctv_statuses_open()
 * @return NULL, or an English phrase that says what is wrong with the file
 */
const char *cctv_catalogue_open(const void *memory, size_t size,
                                cctv_catalogue_t *out);

/** As cctv_catalogue_open(), for a file that has been checked completely before
 *  and did not change since. Takes no time, whatever the size is. */
const char *cctv_catalogue_open_checked(const void *memory, size_t size,
                                        cctv_catalogue_t *out);

/**
 * Add a file of changes to its base.
 *
 * @param changes  has to stay as long as the base
 * @return whether they belong together
 */
bool cctv_catalogue_join(cctv_catalogue_t *base,
                         const cctv_catalogue_t *changes);

/** The head of the newest file. */
static inline const cctv_catalogue_head_t *
cctv_catalogue_newest_head(const cctv_catalogue_t *c)
{
    return c->changes == NULL ? c->head : c->changes->head;
}

/** The number of the base's file. */
static inline uint64_t cctv_catalogue_base_number(const cctv_catalogue_t *c)
{
    return c->changes == NULL ? c->number : c->changes->head->base;
}

/** The number of cameras. */
static inline int cctv_catalogue_count(const cctv_catalogue_t *c)
{
    return c->changes == NULL
               ? c->count
               : c->count - (int)c->changes->head->gone + c->changes->count;
}

/** Where a list of all cameras stands; all zero at the start. */
typedef struct {
    int base;
    int changes;
} cctv_catalogue_walk_t;

/** The next camera in the order of ids. @return its index; -1: the end */
int cctv_catalogue_next(const cctv_catalogue_t *catalogue,
                        cctv_catalogue_walk_t *walk);

/** The checksum of a head. */
uint64_t cctv_catalogue_checksum(const cctv_catalogue_head_t *head);

/** Set the levels of a tree over so many cameras: levels, level_at and
 *  node_count. */
void cctv_catalogue_plan_levels(cctv_catalogue_t *catalogue, uint32_t count);

/** The number of nodes of one level. */
uint32_t cctv_catalogue_level_size(const cctv_catalogue_t *catalogue,
                                   int level);

/** Find a camera by its id. @return its index; -1: there is none */
int cctv_catalogue_find(const cctv_catalogue_t *catalogue, int id);

/** In the file itself: the index of the first camera with a greater id; count:
 *  there is none. */
int cctv_catalogue_after(const cctv_catalogue_t *catalogue, int id);

/** In the file itself: the index of a camera, even if it is gone; -1: there is
 *  none. */
int cctv_catalogue_find_here(const cctv_catalogue_t *catalogue, int id);

/** Whether the camera in a slot is gone, or is in `changes` instead. */
static inline bool cctv_catalogue_is_gone(const cctv_catalogue_t *c,
                                          uint32_t slot)
{
    return c->gone != NULL && (c->gone[slot / 64] >> slot % 64 & 1) != 0;
}

/** The file that has a camera; *index becomes its index there. */
static inline const cctv_catalogue_t *
cctv_catalogue_file_of(const cctv_catalogue_t *c, int *index)
{
    if (*index < c->count) {
        return c;
    }
    *index -= c->count;
    return c->changes;
}

static inline int cctv_catalogue_id(const cctv_catalogue_t *c, int index)
{
    c = cctv_catalogue_file_of(c, &index);
    return c->ids[index];
}

static inline const cctv_catalogue_record_t *
cctv_catalogue_record(const cctv_catalogue_t *c, int index)
{
    c = cctv_catalogue_file_of(c, &index);
    return &c->records[c->slots[index]];
}

/** Degrees, exactly as in the database. */
static inline double cctv_catalogue_lng(const cctv_catalogue_t *c, int index)
{
    return cctv_catalogue_record(c, index)->lng;
}

static inline double cctv_catalogue_lat(const cctv_catalogue_t *c, int index)
{
    return cctv_catalogue_record(c, index)->lat;
}

/** The name of its role; not NUL-terminated. */
cctv_text_t cctv_catalogue_role(const cctv_catalogue_t *catalogue, int index);

/** In the file itself: the name of the role with this number, 0 to
 *  head->roles - 1. */
cctv_text_t cctv_catalogue_role_name(const cctv_catalogue_t *catalogue,
                                     uint32_t role);

/** A status and since when a camera has it: seconds (cameras/since.h). */
typedef struct {
    cctv_camera_status_t status;
    int64_t since;
} cctv_camera_state_t;

/** Bit of a word (status.h): the status and its time are those in the Feature,
 *  which is then sent as it is. */
#define CCTV_STATUS_AS_BUILT UINT64_C(0x80)

/** What a word says. */
static inline cctv_camera_state_t cctv_catalogue_state_of(uint64_t word)
{
    unsigned status = word & 0x7F;

    return (cctv_camera_state_t){ status < CCTV_CAMERA_STATUS_COUNT
                                      ? (cctv_camera_status_t)status
                                      : CCTV_CAMERA_UNKNOWN,
                                  cctv_since_of((int64_t)(word >> 8)) };
}

/** The status of the camera in a slot of the file itself (format.h) now.
 *  Both belong together, whoever writes meanwhile: they are one word. */
static inline cctv_camera_state_t
cctv_catalogue_slot_state(const cctv_catalogue_t *c, uint32_t slot)
{
    return cctv_catalogue_state_of(
        atomic_load_explicit(&c->statuses[slot], memory_order_relaxed));
}

static inline cctv_camera_status_t
cctv_catalogue_slot_status(const cctv_catalogue_t *c, uint32_t slot)
{
    return cctv_catalogue_slot_state(c, slot).status;
}

/** The word for a status, without CCTV_STATUS_AS_BUILT. */
static inline uint64_t cctv_catalogue_word(cctv_camera_state_t state)
{
    return (uint64_t)state.since << 8 | (uint64_t)state.status;
}

/** Its status now. */
static inline cctv_camera_state_t
cctv_catalogue_state(const cctv_catalogue_t *c, int index)
{
    c = cctv_catalogue_file_of(c, &index);
    return cctv_catalogue_slot_state(c, c->slots[index]);
}

static inline cctv_camera_status_t
cctv_catalogue_status(const cctv_catalogue_t *c, int index)
{
    c = cctv_catalogue_file_of(c, &index);
    return cctv_catalogue_slot_status(c, c->slots[index]);
}

/** The streams of a record. */
static inline cctv_streams_t
cctv_catalogue_record_streams(const cctv_catalogue_record_t *record)
{
    return (cctv_streams_t){ .first = (cctv_codec_t)record->first,
                             .second = (cctv_codec_t)record->second,
                             .has_hls = record->has_hls };
}

/** Its streams. */
cctv_streams_t cctv_catalogue_streams(const cctv_catalogue_t *catalogue,
                                      int index);

/** Its folded name, NUL-terminated; @param length may be NULL */
const char *cctv_catalogue_name(const cctv_catalogue_t *catalogue, int index,
                                size_t *length);

/**
 * Its Feature as it was when the catalogue was built: the status in it may be
 * an old one.
 */
cctv_text_t cctv_catalogue_slot_feature(const cctv_catalogue_t *catalogue,
                                        uint32_t slot);
cctv_text_t cctv_catalogue_feature(const cctv_catalogue_t *catalogue,
                                   int index);

/** A Feature with another status has at most so many bytes more. */
#define CCTV_CATALOGUE_STATUS_SLACK (8 + CCTV_SINCE_SIZE)

/** The most bytes that cctv_catalogue_put_feature() writes for a camera. */
static inline size_t cctv_catalogue_feature_max(const cctv_catalogue_t *c,
                                                int index)
{
    return (size_t)cctv_catalogue_record(c, index)->length
           + CCTV_CATALOGUE_STATUS_SLACK;
}

/**
 * Write its Feature with its status of now, byte for byte what
 * cctv_geojson_feature() writes.
 *
 * @param state  NULL, or written: the status that the Feature got
 * @return the end of what was written
 */
char *cctv_catalogue_put_feature(const cctv_catalogue_t *catalogue, int index,
                                 char *out, cctv_camera_state_t *state);

/** As cctv_catalogue_put_feature(), for the camera in a slot of the file itself
 *  (format.h). */
char *cctv_catalogue_put_slot(const cctv_catalogue_t *catalogue, uint32_t slot,
                              char *out, cctv_camera_state_t *state);

/** Where what follows the status starts in a Feature, as it was written. */
size_t cctv_catalogue_behind_status(const cctv_catalogue_record_t *record);

/** Since when the camera had the status with which its Feature was written. */
int64_t cctv_catalogue_first_since(const cctv_catalogue_t *catalogue,
                                   uint32_t slot);

#endif
