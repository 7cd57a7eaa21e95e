/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file denials.h
 * @brief The list of who may not watch for now, and why, in shared memory.
 * Layer: pure.
 *
 * An operator adds a denial for a camera, a user, one viewer of a camera, or
 * all new views (drain). Every start of a view asks this list.
 *
 * The list has a fixed number of entries. An entry is a word, which has 62 bits
 * of value and 2 bits of state, and the words of a cctv_denial_t:
 *
 *     free     0
 *     claimed  the process that writes the entry (22 bits), and when it began
 *              (40 bits, ms)
 *     set      until when the denial holds: µs
 *
 * An entry is written only while it is claimed, and only by the claimer. A claim
 * of a dead process may be replaced. A reader that finds the same word before
 * and after it has read the rest has read all of one denial.
 *
 * All functions are thread-safe, safe between processes, and never block.
 */
#ifndef CCTV_VIEWERS_DENIALS_H
#define CCTV_VIEWERS_DENIALS_H

#include "core/clock.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The most denials at a time, without that of all new views. */
#define CCTV_DENIALS_MAX 1024

/** The sizes of texts with their NUL: bytes. */
#define CCTV_USER_NAME_SIZE     48
#define CCTV_DENIAL_REASON_SIZE 160

/** The longest time of a denial: s. */
#define CCTV_DENIAL_SECONDS_MAX (INT64_C(30) * 24 * 3600)

/** Whom a denial concerns. The state file contains these numbers. */
typedef enum {
    CCTV_DENIAL_NONE,
    CCTV_DENIAL_CAMERA, /**< all viewers of a camera */
    CCTV_DENIAL_USER,   /**< a user, on all cameras */
    CCTV_DENIAL_VIEWER, /**< a viewer, on one camera */
    CCTV_DENIAL_ALL     /**< all new views; those that run go on */
} cctv_denial_kind_t;

typedef struct {
    uint32_t kind; /**< cctv_denial_kind_t */
    int32_t camera;
    uint64_t user;   /**< keyed hash; 0: the viewer has no login */
    uint64_t client; /**< keyed hash of the address; 0: not known */
    /** The two parts of the public id of the view that was ended; 0: none. */
    uint64_t view;
    uint32_t view_low;
    uint32_t unused; /**< 0 */
    cctv_time_t until;
    cctv_time_t since;
    char name[CCTV_USER_NAME_SIZE]; /**< of the user; "": not known */
    char by[CCTV_USER_NAME_SIZE];   /**< who has denied it; "": no login */
    char reason[CCTV_DENIAL_REASON_SIZE];
} cctv_denial_t;

#define CCTV_DENIAL_WORDS (sizeof(cctv_denial_t) / sizeof(uint64_t))

typedef struct {
    _Atomic uint64_t word;
    _Atomic uint64_t words[CCTV_DENIAL_WORDS];
} cctv_denial_entry_t;

/** New memory has to be all zero. The first entry is that of all new views. */
typedef struct {
    /** All entries from this one on are free. */
    _Atomic uint32_t end;
    cctv_denial_entry_t entries[1 + CCTV_DENIALS_MAX];
} cctv_denials_t;

/** Who wants to watch, or has watched. */
typedef struct {
    int32_t camera; /**< 0: not known */
    uint64_t user;  /**< keyed hash; 0: no login */
    uint64_t client;
    uint64_t view; /**< of the public id of a view that has ended; 0: none */
} cctv_asker_t;

/**
 * Add a denial, or replace the one of the same kind that concerns the same
 * camera, user or viewer.
 *
 * @param denial  its texts are valid UTF-8 without control characters
 * @return false: the list is full
 */
bool cctv_denials_add(cctv_denials_t *denials, const cctv_denial_t *denial,
                      cctv_time_t now);

/** Whether anybody may be denied. Mostly not, and then callers need not look
 *  who asks, nor at the clock. */
bool cctv_denials_exist(const cctv_denials_t *denials);

/**
 * Find the denial that holds longest for somebody.
 *
 * @return false: there is none. That of all new views is not looked at.
 */
bool cctv_denials_find(const cctv_denials_t *denials, const cctv_asker_t *who,
                       cctv_time_t now, cctv_denial_t *out);

/** @return whether new views are denied to all; then `out` has the denial */
bool cctv_denials_drain(const cctv_denials_t *denials, cctv_denial_t *out);

/** Remove the denials of the kind of `denial` that concern the same.
 *  @return how many there were */
int cctv_denials_remove(cctv_denials_t *denials, const cctv_denial_t *denial,
                        cctv_time_t now);

/** Read an entry. @param i  0 ≤ i ≤ CCTV_DENIALS_MAX
 *  @return false: it is free, or its time is over */
bool cctv_denials_get(const cctv_denials_t *denials, uint32_t i,
                      cctv_time_t now, cctv_denial_t *out);

/** @return whether a text may stand in a denial: it fits, is UTF-8 and has no
 *  control characters */
bool cctv_denial_is_text(const char *text, size_t len, size_t size);

/** Copy a name, and cut it before a character that does not fit. What is not
 *  valid becomes "?". */
void cctv_denial_copy_name(char out[CCTV_USER_NAME_SIZE], const char *name);

#endif
