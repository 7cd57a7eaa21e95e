/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file cells.c
 * @brief Counts the cameras of a search by the cells of a grid.
 * Layer: pure.
 */
#include "catalogue/cells.h"

#include "catalogue/cell.h"
#include "catalogue/hilbert.h"

#include <stdlib.h>
#include <string.h>

static bool begin_file(const cctv_search_t *search, uint32_t first_index,
                       cctv_cells_t *out)
{
    cctv_cells_file_t *file = &out->file[out->files];
    cctv_hits_t hits = { .at = NULL };

    if (search->is_empty || search->catalogue->count == 0) {
        return true;
    }
    *file = (cctv_cells_file_t){ .search = search,
                                 .first_index = first_index };
    out->files++;
    if (search->words == NULL) {
        return true;
    }
    if (!cctv_hits_reserve(&hits, 1) || !cctv_cells_find(search, &hits)) {
        free(hits.at);
        return false;
    }
    file->hits = hits.at;
    file->hit_count = hits.count;
    return true;
}

bool cctv_cells_begin(const cctv_search_t *search, cctv_cells_t *out)
{
    *out = (cctv_cells_t){ .files = 0 };
    if (begin_file(search, 0, out)
        && (search->changes == NULL
            || begin_file(search->changes, (uint32_t)search->catalogue->count,
                          out))) {
        return true;
    }
    cctv_cells_end(out);
    return false;
}

void cctv_cells_end(cctv_cells_t *cells)
{
    int i;

    for (i = 0; i < cells->files; i++) {
        free(cells->file[i].hits);
    }
    cells->files = 0;
}

/* ---- All cells ---- */

typedef struct {
    int level;
    cctv_cells_window_t window;
    cctv_cells_visit_t *visit;
    void *context;
    cctv_cell_counter_t counter;
} walk_t;

/* The first slot of a range whose place is not below `place`. */
static uint32_t slot_at(const cctv_catalogue_t *c, uint32_t low, uint32_t high,
                        uint64_t place)
{
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (c->places[middle] < place) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    return low;
}

/* Whether a tile of a level is in the window, as far as it goes. */
static bool is_wanted(walk_t *w, uint64_t bits, int level)
{
    int shift = w->level - level;

    cctv_cell_t *cell = &w->counter.cell;

    cctv_hilbert_tile(bits, level, &cell->column, &cell->row);
    return cell->column >= w->window.west >> shift
           && cell->column <= w->window.east >> shift
           && cell->row >= w->window.north >> shift
           && cell->row <= w->window.south >> shift;
}

/* @param bits  of the tile: the start of the places in it */
static bool visit_tile(walk_t *w, uint64_t bits, int level,
                       const cctv_cell_ranges_t *ranges)
{
    int shift = 2 * (CCTV_HILBERT_BITS - level - 1);
    cctv_cell_ranges_t quarter = *ranges;
    int i, child;

    if ((ranges->first[0] == ranges->end[0]
         && ranges->first[1] == ranges->end[1])
        || !is_wanted(w, bits, level)) {
        return true;
    }
    if (level == w->level) {
        cctv_cell_count(&w->counter, ranges);
        return w->counter.cell.count == 0
               || w->visit(w->context, &w->counter.cell);
    }
    for (child = 0; child < 4; child++) {
        uint64_t next = bits << 2 | (unsigned)child;

        for (i = 0; i < w->counter.cells->files; i++) {
            quarter.end[i] = child == 3
                                 ? ranges->end[i]
                                 : slot_at(w->counter.cells->file[i]
                                               .search->catalogue,
                                           quarter.first[i], ranges->end[i],
                                           (next + 1) << shift);
        }
        if (!visit_tile(w, next, level + 1, &quarter)) {
            return false;
        }
        memcpy(quarter.first, quarter.end, sizeof quarter.first);
    }
    return true;
}

bool cctv_cells_visit(const cctv_cells_t *cells, int level,
                      const cctv_cells_window_t *window, int few,
                      cctv_cells_visit_t *visit, void *context)
{
    walk_t walk = { .level = level,
                    .window = *window,
                    .visit = visit,
                    .context = context,
                    .counter = { .cells = cells, .few = (uint32_t)few } };
    cctv_cell_ranges_t ranges = { .first = { 0 } };
    int i;

    for (i = 0; i < cells->files; i++) {
        ranges.end[i] = cells->file[i].search->catalogue->head->count;
    }
    return visit_tile(&walk, 0, 0, &ranges);
}

/* ---- Windows ---- */

static cctv_cells_window_t window_of(double west, double east,
                                     const cctv_bbox_t *box, int level)
{
    int shift = CCTV_CELLS_LEVEL_MAX - level;

    return (cctv_cells_window_t){ cctv_hilbert_column(west) >> shift,
                                  cctv_hilbert_row(box->north) >> shift,
                                  cctv_hilbert_column(east) >> shift,
                                  cctv_hilbert_row(box->south) >> shift };
}

int cctv_cells_windows(const cctv_bbox_t *box, int level,
                       cctv_cells_window_t out[2])
{
    if (!cctv_bbox_is_crossing(box)) {
        out[0] = window_of(box->west, box->east, box, level);
        return 1;
    }
    out[0] = window_of(box->west, 180, box, level);
    out[1] = window_of(-180, box->east, box, level);
    if (out[0].west <= out[1].east) {
        /* Both touch the same column: one window, so that its cells are not
         * counted twice. */
        out[0].west = 0;
        return 1;
    }
    return 2;
}
