/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file cell.h
 * @brief Counts the cameras of one cell; private to the files of cells.h, and to
 *        extent.c.
 * Layer: pure.
 */
#ifndef CCTV_CATALOGUE_CELL_H
#define CCTV_CATALOGUE_CELL_H

#include "catalogue/cells.h"
#include "catalogue/tree.h"

/** The slots of a tile in each file. */
typedef struct {
    uint32_t first[2];
    uint32_t end[2];
} cctv_cell_ranges_t;

/** What counts one cell after the other. */
typedef struct {
    const cctv_cells_t *cells;
    uint32_t few; /**< up to so many cameras are listed */
    /** The result; the caller sets its column and row. */
    cctv_cell_t cell;
    /* Private. */
    int64_t lng;
    int64_t lat;
    cctv_bbox_t box; /* of cameras that were looked at */
    bool is_listed;  /* all of its cameras so far are in `list` */
    bool is_deep;    /* rows only say where to look for cameras to list */
    int list[CCTV_CELLS_FEW_MAX];
} cctv_cell_counter_t;

/** Count a cell whose slots are these. */
void cctv_cell_count(cctv_cell_counter_t *counter,
                     const cctv_cell_ranges_t *ranges);

/** Find the slots of the cameras that match a search with words, in order.
 *  @return whether there is memory */
bool cctv_cells_find(const cctv_search_t *search, cctv_hits_t *hits);

#endif
