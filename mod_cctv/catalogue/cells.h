/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file cells.h
 * @brief Counts the cameras of a search by the cells of a grid.
 * Layer: pure.
 *
 * The grid of a level has 2^level columns from the west and as many rows from
 * the north, on the square of Web Mercator maps. A cell of a level is four cells
 * of the next one. Cameras beyond 85.05 degrees are in the first or last row.
 *
 * How it is quick: slots are along the Hilbert curve, so the cameras of a cell
 * are consecutive slots, and their ends are found by halving. Of the nodes that
 * lie in a cell, their rows are added (format.h), which say how many cameras of
 * each role there are, with each status, and where. Single cameras are looked at
 * only at the two ends of a cell, at the edge of the box that is asked for, and
 * where cells have few. So the cost follows the number of cells, for all sets of
 * roles, statuses and `playable`. Counts by status alone in the nodes of the
 * R-tree are not enough: a set of roles that are mixed everywhere took a look at
 * every camera, and so did a centre.
 *
 * Words are looked for in all names, as for a list (names.h).
 */
#ifndef CCTV_CATALOGUE_CELLS_H
#define CCTV_CATALOGUE_CELLS_H

#include "catalogue/rows.h"
#include "catalogue/search.h"

/** The greatest level. */
#define CCTV_CELLS_LEVEL_MAX 24

/** The most cameras that a cell lists. */
#define CCTV_CELLS_FEW_MAX 128

/** Cells of one level, with those at the edges. */
typedef struct {
    uint32_t west;
    uint32_t north;
    uint32_t east;
    uint32_t south;
} cctv_cells_window_t;

/** The cameras of a cell that match. */
typedef struct {
    uint32_t column;
    uint32_t row;
    uint32_t count;
    /** These add up to `count`, also while statuses change. */
    uint32_t status[CCTV_CAMERA_STATUS_COUNT];
    uint32_t playable;
    /** Their centre of mass: CCTV_CATALOGUE_UNITS. */
    cctv_units_t centre;
    /** Has all of them in it; it may be larger than it had to be if the search
     *  leaves out some cameras. CCTV_CATALOGUE_UNITS */
    cctv_catalogue_row_t box;
    /** The cameras themselves, by index, if there are at most as many as were
     *  asked for: `count` entries. Otherwise NULL. */
    const int *cameras;
} cctv_cell_t;

/** Called for each cell that is not empty. @return whether to go on */
typedef bool cctv_cells_visit_t(void *context, const cctv_cell_t *cell);

/** A search that is counted by cells. Private to cells.c. */
typedef struct {
    const cctv_search_t *search; /* in one file */
    uint32_t first_index;        /* of its cameras */
    /* With words: the slots of the cameras that match, in order; or else NULL */
    int *hits;
    int hit_count;
} cctv_cells_file_t;

typedef struct {
    cctv_cells_file_t file[2];
    int files;
} cctv_cells_t;

/**
 * Prepare to count a search. Words are looked for here.
 *
 * @param search  has to live as long; `after`, `limit` and `near` are ignored
 * @return whether there is memory
 */
bool cctv_cells_begin(const cctv_search_t *search, cctv_cells_t *out);

void cctv_cells_end(cctv_cells_t *cells);

/** The cells that a box touches: one or two windows. @return how many */
int cctv_cells_windows(const cctv_bbox_t *box, int level,
                       cctv_cells_window_t out[2]);

/**
 * Count the cameras of each cell in a window.
 *
 * @param few  up to so many cameras of a cell are listed, at most
 *             CCTV_CELLS_FEW_MAX
 * @return false: `visit` has stopped it
 */
bool cctv_cells_visit(const cctv_cells_t *cells, int level,
                      const cctv_cells_window_t *window, int few,
                      cctv_cells_visit_t *visit, void *context);

#endif
