/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file names.h
 * @brief The names of the users who watch, in shared memory.
 * Layer: pure.
 *
 * A view itself keeps only keyed hashes. While the admin's view is configured,
 * this table has an entry of 64 bytes for each slot of the table of views. The
 * names are in memory only, never in the state file: the next heartbeat of a
 * view brings its name again.
 *
 * The first word of an entry is made of the secret of the view and of the rest
 * of the entry. So an entry of an earlier view, and one that is half written,
 * are not taken for the entry of this view.
 *
 * All functions are thread-safe, safe between processes, and never block.
 */
#ifndef CCTV_VIEWERS_NAMES_H
#define CCTV_VIEWERS_NAMES_H

#include "viewers/denials.h"

#define CCTV_VIEWER_WORDS (CCTV_USER_NAME_SIZE / sizeof(uint64_t))

/** A cache line. */
typedef struct {
    _Atomic uint64_t sum;
    _Atomic uint64_t client;
    _Atomic uint64_t name[CCTV_VIEWER_WORDS];
} cctv_viewer_entry_t;

/** The table as a process sees it; `entries` is in shared memory. */
typedef struct {
    uint32_t max; /**< 0: names are not kept */
    cctv_viewer_entry_t *entries;
} cctv_viewer_names_t;

/** A view, as far as this table is concerned. */
typedef struct {
    uint32_t index; /**< of its slot */
    uint64_t secret[2];
} cctv_viewer_slot_t;

/** What is known of the viewer of a view. */
typedef struct {
    uint64_t client; /**< keyed hash of the address; 0: not known */
    char name[CCTV_USER_NAME_SIZE]; /**< "": not known, or no login */
} cctv_viewer_name_t;

/** Note who watches. Does nothing if this is known.
 *  @param name  from outside; NULL: there is no login */
void cctv_viewer_names_note(const cctv_viewer_names_t *names,
                            const cctv_viewer_slot_t *slot, uint64_t client,
                            const char *name);

/** @return false: it is not known who watches; `out` is empty */
bool cctv_viewer_names_read(const cctv_viewer_names_t *names,
                            const cctv_viewer_slot_t *slot,
                            cctv_viewer_name_t *out);

#endif
