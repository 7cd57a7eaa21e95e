/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file rows.h
 * @brief The rows of a catalogue's nodes: how many cameras of each role, and
 *        where, without a look at each camera.
 * Layer: pure.
 */
#ifndef CCTV_CATALOGUE_ROWS_H
#define CCTV_CATALOGUE_ROWS_H

#include "catalogue/read.h"

/** A position in CCTV_CATALOGUE_UNITS. */
typedef struct {
    int32_t lng;
    int32_t lat;
} cctv_units_t;

/* Rounded, much faster than by lround(). */
static inline int32_t cctv_units(double degrees)
{
    double units = degrees * CCTV_CATALOGUE_UNITS;

    return (int32_t)(units < 0 ? units - 0.5 : units + 0.5);
}

static inline cctv_units_t cctv_units_of(const cctv_catalogue_record_t *record)
{
    return (cctv_units_t){ cctv_units(record->lng), cctv_units(record->lat) };
}

/** Widen a box in CCTV_CATALOGUE_UNITS, so that a camera is within it. */
void cctv_rows_widen(const cctv_catalogue_record_t *record,
                     cctv_catalogue_row_t *box);

/** A row without cameras, whose box contains nothing. */
extern const cctv_catalogue_row_t cctv_row_empty;

/** The class of a camera (format.h). */
uint32_t cctv_rows_class(const cctv_catalogue_record_t *record);

/** The rows of a node above the leaves; the first one is `*first`. @return
 *  behind the last one; the same: the node has none */
static inline uint32_t cctv_rows_of(const cctv_catalogue_t *c, uint32_t node,
                                    uint32_t *first)
{
    uint32_t i = node - c->level_at[1];

    *first = i == 0 ? 0 : c->row_ends[i - 1];
    return c->row_ends[i];
}

/** The number of nodes above the leaves. */
static inline uint32_t cctv_rows_nodes(const cctv_catalogue_t *c)
{
    return c->levels < 2 ? 0 : c->node_count - c->level_at[1];
}

/**
 * Make the rows of a file.
 *
 * @param catalogue  has its count, its records by slot, and its levels
 * @param roles      the number of roles
 * @param ends       written: cctv_rows_nodes() entries
 * @param rows       written: free() it
 * @param count      written: how many there are
 * @return whether there is memory
 */
bool cctv_rows_build(const cctv_catalogue_t *catalogue, uint32_t roles,
                     uint32_t *ends, cctv_catalogue_row_t **rows,
                     uint32_t *count);

/** Whether the rows of a file can be read safely. */
bool cctv_rows_are_sound(const cctv_catalogue_t *catalogue);

/** Count the camera in a slot, 1 or -1 times, with this status in all rows above
 *  it. */
void cctv_rows_count(const cctv_catalogue_t *catalogue, uint32_t slot,
                     unsigned status, int times);

/** Count the statuses of all rows anew. Others may read meanwhile. */
void cctv_rows_recount(const cctv_catalogue_t *catalogue);

#endif
