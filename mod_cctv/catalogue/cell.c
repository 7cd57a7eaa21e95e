/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file cell.c
 * @brief Counts the cameras of one cell.
 * Layer: pure.
 */
#include "catalogue/cell.h"

#include <math.h>

/* Widen a box in any unit, so that another one is within it. */
#define WIDEN(box, by)                                                        \
    do {                                                                      \
        (box)->west = (by)->west < (box)->west ? (by)->west : (box)->west;    \
        (box)->south = (by)->south < (box)->south ? (by)->south               \
                                                  : (box)->south;             \
        (box)->east = (by)->east > (box)->east ? (by)->east : (box)->east;    \
        (box)->north = (by)->north > (box)->north ? (by)->north               \
                                                  : (box)->north;             \
    } while (0)

static void add_slot(cctv_cell_counter_t *w, const cctv_cells_file_t *file,
                     uint32_t slot)
{
    const cctv_catalogue_t *c = file->search->catalogue;
    const cctv_catalogue_record_t *record = &c->records[slot];
    cctv_units_t at = cctv_units_of(record);
    const cctv_bbox_t place = { .west = record->lng,
                                .south = record->lat,
                                .east = record->lng,
                                .north = record->lat };

    if (w->cell.count < w->few) {
        w->list[w->cell.count] = (int)(file->first_index + c->order[slot]);
    }
    else {
        w->is_listed = false;
    }
    w->cell.count++;
    w->cell.status[cctv_catalogue_slot_status(c, slot)]++;
    w->cell.playable += cctv_tree_is_playable(c, slot);
    w->lng += at.lng;
    w->lat += at.lat;
    /* In degrees, which is faster than to round each camera outwards. */
    WIDEN(&w->box, &place);
}

/* Cameras of a row that match. */
typedef struct {
    int64_t count;
    int64_t status[CCTV_CAMERA_STATUS_COUNT];
    int64_t lng;
    int64_t lat;
} part_t;

static bool has_row(const cctv_search_t *search,
                    const cctv_catalogue_row_t *row)
{
    return cctv_tree_has_role(search, row->class / 2)
           && (!search->filter->has_playable
               || (row->class % 2 != 0) == search->filter->playable);
}

static int64_t load(const _Atomic int64_t *from)
{
    return atomic_load_explicit(from, memory_order_relaxed);
}

static int64_t at_most(int64_t value, int64_t most)
{
    return value < 0 ? 0 : value > most ? most : value;
}

/* The parts add up to the number of cameras, whatever changes meanwhile. */
static part_t part_of(const cctv_search_t *search, uint32_t row)
{
    const cctv_row_sum_t *sums = search->catalogue->row_sums[row].of;
    int64_t left = search->catalogue->rows[row].count;
    part_t part = { .count = left };
    int status;

    for (status = 0; status < CCTV_CAMERA_STATUS_COUNT; status++) {
        int64_t here = status == CCTV_CAMERA_STATUS_COUNT - 1
                           ? left
                           : at_most(load(&sums[status].count), left);

        left -= here;
        if (search->status >= 0 && search->status != status) {
            part.count -= here;
            continue;
        }
        part.status[status] = here;
        part.lng += load(&sums[status].lng);
        part.lat += load(&sums[status].lat);
    }
    return part;
}

static void add_row(cctv_cell_counter_t *w, const cctv_search_t *search,
                    uint32_t row)
{
    const cctv_catalogue_row_t *of = &search->catalogue->rows[row];
    part_t part = part_of(search, row);
    int status;

    if (part.count == 0) {
        return;
    }
    w->cell.count += (uint32_t)part.count;
    w->cell.playable += of->class % 2 != 0 ? (uint32_t)part.count : 0;
    for (status = 0; status < CCTV_CAMERA_STATUS_COUNT; status++) {
        w->cell.status[status] += (uint32_t)part.status[status];
    }
    w->lng += part.lng;
    w->lat += part.lat;
    WIDEN(&w->cell.box, of);
}

/* Take away the cameras of some slots that are gone. */
static void subtract_gone(cctv_cell_counter_t *w, const cctv_search_t *search,
                          uint32_t slot, uint32_t end)
{
    const cctv_catalogue_t *c = search->catalogue;

    while ((slot = cctv_tree_next_gone(c, slot, end)) < end) {
        if (cctv_tree_would_match(search, slot) && w->cell.count > 0) {
            cctv_units_t at = cctv_units_of(&c->records[slot]);
            cctv_camera_status_t status = cctv_catalogue_slot_status(c, slot);
            bool is_playable = cctv_tree_is_playable(c, slot);

            w->cell.count--;
            w->cell.status[status] -= w->cell.status[status] > 0;
            w->cell.playable -= is_playable && w->cell.playable > 0;
            w->lng -= at.lng;
            w->lat -= at.lat;
        }
        slot++;
    }
}

/* How many cameras of a node's rows match, with those that are gone. */
static int64_t count_rows(const cctv_search_t *search, uint32_t first,
                          uint32_t end)
{
    int64_t count = 0;
    uint32_t row;

    for (row = first; row < end; row++) {
        if (has_row(search, &search->catalogue->rows[row])) {
            count += part_of(search, row).count;
        }
    }
    return count;
}

/* Add a node that lies in the cell and in the box by its rows.
 * @return false: its children have to be looked at */
static bool add_node(cctv_cell_counter_t *w, const cctv_search_t *search,
                     int level, uint32_t node)
{
    uint32_t row, end, slot, slot_end;
    int64_t count;

    end = cctv_rows_of(search->catalogue, node, &row);
    if (row == end) {
        return false;
    }
    count = count_rows(search, row, end);
    if (count == 0) {
        return true;
    }
    if (w->is_deep || (w->is_listed && w->cell.count + count <= w->few)) {
        return false;
    }
    w->is_listed = false;
    for (; row < end; row++) {
        if (has_row(search, &search->catalogue->rows[row])) {
            add_row(w, search, row);
        }
    }
    slot = cctv_tree_slots(search->catalogue, level, node, &slot_end);
    subtract_gone(w, search, slot, slot_end);
    return true;
}

/* Add what matches of the slots from `first` to `end` below a node. */
static void add_slots(cctv_cell_counter_t *w, const cctv_cells_file_t *file,
                      int level, uint32_t node, uint32_t first, uint32_t end)
{
    const cctv_search_t *search = file->search;
    uint32_t last;
    uint32_t start = cctv_tree_slots(search->catalogue, level, node, &last);
    bool is_whole = start >= first && last <= end;
    cctv_node_match_t match;
    uint32_t child;

    if (start >= end || last <= first
        || (match = cctv_tree_match(search, node)) == CCTV_NODE_NONE) {
        return;
    }
    if (level > 0 && is_whole && cctv_tree_is_inside(search, node)
        && add_node(w, search, level, node)) {
        return;
    }
    child = cctv_tree_children(search->catalogue, level, node, &last);
    if (level == 0) {
        last = last < end ? last : end;
        for (child = child > first ? child : first; child < last; child++) {
            if (match == CCTV_NODE_ALL
                    ? !cctv_catalogue_is_gone(search->catalogue, child)
                    : cctv_tree_matches(search, child)) {
                add_slot(w, file, child);
            }
        }
        return;
    }
    for (; child < last; child++) {
        add_slots(w, file, level - 1, child, first, end);
    }
}

/* The first of some sorted slots that is not below `slot`. */
static int hit_at(const cctv_cells_file_t *file, uint32_t slot)
{
    int low = 0;
    int high = file->hit_count;

    while (low < high) {
        int middle = low + (high - low) / 2;

        if ((uint32_t)file->hits[middle] < slot) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    return low;
}

static void add_range(cctv_cell_counter_t *w, const cctv_cells_file_t *file,
                      uint32_t first, uint32_t end)
{
    const cctv_catalogue_t *c = file->search->catalogue;
    int hit;

    if (first == end) {
        return;
    }
    if (file->hits == NULL) {
        add_slots(w, file, c->levels - 1, c->node_count - 1, first, end);
        return;
    }
    for (hit = hit_at(file, first);
         hit < file->hit_count && (uint32_t)file->hits[hit] < end; hit++) {
        add_slot(w, file, (uint32_t)file->hits[hit]);
    }
}

/* ---- The whole ---- */

static void count_cell(cctv_cell_counter_t *w,
                       const cctv_cell_ranges_t *ranges, bool is_deep)
{
    int i;

    w->cell = (cctv_cell_t){ .column = w->cell.column,
                             .row = w->cell.row,
                             .box = cctv_row_empty };
    w->lng = w->lat = 0;
    w->box = (cctv_bbox_t){ INFINITY, INFINITY, -INFINITY, -INFINITY };
    w->is_listed = true;
    w->is_deep = is_deep;
    for (i = 0; i < w->cells->files; i++) {
        add_range(w, &w->cells->file[i], ranges->first[i], ranges->end[i]);
    }
    if (w->box.west <= w->box.east) {
        cctv_rows_widen(&(cctv_catalogue_record_t){ .lng = w->box.west,
                                                    .lat = w->box.south },
                        &w->cell.box);
        cctv_rows_widen(&(cctv_catalogue_record_t){ .lng = w->box.east,
                                                    .lat = w->box.north },
                        &w->cell.box);
    }
}

/* The centre of cameras whose statuses change may be off for a moment, but
 * never out of the box. */
static int32_t mean(int64_t sum, uint32_t count, int32_t low, int32_t high)
{
    int64_t at = llround((double)sum / count);

    return at < low ? low : at > high ? high : (int32_t)at;
}

void cctv_cell_count(cctv_cell_counter_t *w, const cctv_cell_ranges_t *ranges)
{
    cctv_cell_t *cell = &w->cell;

    count_cell(w, ranges, false);
    /* Rows have cameras that are gone, so a cell may have fewer than it
     * seemed. */
    if (!w->is_listed && cell->count > 0 && cell->count <= w->few) {
        count_cell(w, ranges, true);
    }
    if (cell->count == 0) {
        return;
    }
    cell->centre.lng = mean(w->lng, cell->count, cell->box.west,
                            cell->box.east);
    cell->centre.lat = mean(w->lat, cell->count, cell->box.south,
                            cell->box.north);
    cell->cameras = w->is_listed ? w->list : NULL;
}
