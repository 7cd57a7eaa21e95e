/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file apply.h
 * @brief Makes a new generation of a catalogue from the last one and the cameras
 *        that have changed.
 * Layer: pure.
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

/**
 * Count the cameras that really differ from the last generation. A change may
 * be reported twice.
 *
 * @param rows  the columns of CCTV_COLUMN_LIST (cameras/statements.h)
 * @return -1: there is no memory
 */
int cctv_apply_differences(const cctv_catalogue_t *last, const int *ids,
                           int count, const PGresult *rows);

/** A generation that is being made. */
typedef struct {
    cctv_build_t *build;
    const cctv_catalogue_t *last;
    int next; /**< index of the first camera of `last` that was not copied */
} cctv_apply_t;

void cctv_apply_begin(cctv_apply_t *apply, cctv_build_t *build,
                      const cctv_catalogue_t *last);

/** Copy the cameras up to the last one of these ids, and replace these. */
void cctv_apply_part(cctv_apply_t *apply, const int *ids, int count,
                     const PGresult *rows);

/** Copy the cameras after the last part. The caller ends the build. */
void cctv_apply_end(cctv_apply_t *apply);

#endif
