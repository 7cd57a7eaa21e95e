/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file apply.h
 * @brief Makes the file of changes of a new generation from the last generation
 *        and the cameras that have changed; and a new base from both.
 * Layer: pure.
 *
 *     base + changes ──► cctv_apply_part() ──► base + changes   (each change)
 *           │
 *           └─► cctv_apply_merge() ─► new base ─► cctv_apply_rebase()
 *                                                 new base + what has changed
 *                                                 meanwhile      (now and then)
 *
 * The cost of the first way depends on the number of changes, that of the second
 * one on the number of cameras.
 *
 * The changed cameras come in parts, in the order of their ids: the ids, and
 * the rows that the database has for them, also in this order. A camera without
 * a row is gone.
 */
#ifndef CCTV_CATALOGUE_APPLY_H
#define CCTV_CATALOGUE_APPLY_H

#include "catalogue/build.h"
#include "catalogue/read.h"

#include <libpq-fe.h>
#include <stdatomic.h>

/**
 * Count the cameras that really differ from the last generation. A change may
 * be reported twice.
 *
 * @param rows  the columns of CCTV_COLUMN_LIST (cameras/statements.h)
 * @return -1: there is no memory
 */
int cctv_apply_differences(const cctv_catalogue_t *last, const int *ids,
                           int count, const PGresult *rows);

/** A file of changes that is being made. */
typedef struct {
    cctv_build_t *build;
    const cctv_catalogue_t *last;
    int next; /**< index of the first camera of `last` that was not copied,
                   among those of its file of changes */
    uint64_t *gone; /**< the bits of format.h, for the caller's
                         cctv_build_about_t */
} cctv_apply_t;

/** @return false: there is no memory. Otherwise free(apply->gone) after the
 *          build has ended */
bool cctv_apply_begin(cctv_apply_t *apply, cctv_build_t *build,
                      const cctv_catalogue_t *last);

/** Copy the changes up to the last one of these ids, and replace these. */
void cctv_apply_part(cctv_apply_t *apply, const int *ids, int count,
                     const PGresult *rows);

/** Copy the changes after the last part. The caller ends the build. */
void cctv_apply_end(cctv_apply_t *apply);

/**
 * Copy all cameras into a new base.
 *
 * @param is_stopped  whether to give up; the build then has too few cameras
 */
void cctv_apply_merge(cctv_build_t *build, const cctv_catalogue_t *last,
                      const atomic_bool *is_stopped);

/**
 * Make a file of changes for a new base: what has changed in `now` since the
 * base was made of an earlier generation with the same base as `now` has.
 *
 * @param base  with the statuses that its cameras have `now`
 * @param gone  written: as cctv_apply_t; NULL: there is no memory
 */
void cctv_apply_rebase(cctv_build_t *build, const cctv_catalogue_t *base,
                       const cctv_catalogue_t *now, uint64_t **gone);

#endif
