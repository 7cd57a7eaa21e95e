/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file rows.c
 * @brief The rows of a catalogue's nodes.
 * Layer: pure.
 */
#include "catalogue/rows.h"

#include "catalogue/tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A node has at most one row for so many of its slots. */
#define SLOTS_A_ROW 4

const cctv_catalogue_row_t cctv_row_empty = { .west = INT32_MAX,
                                              .south = INT32_MAX,
                                              .east = INT32_MIN,
                                              .north = INT32_MIN };

static void lower(int32_t *edge, double to)
{
    *edge = to < *edge ? (int32_t)to : *edge;
}

static void raise_to(int32_t *edge, double to)
{
    *edge = to > *edge ? (int32_t)to : *edge;
}

void cctv_rows_widen(const cctv_catalogue_record_t *record,
                     cctv_catalogue_row_t *box)
{
    double lng = record->lng * CCTV_CATALOGUE_UNITS;
    double lat = record->lat * CCTV_CATALOGUE_UNITS;

    lower(&box->west, floor(lng));
    lower(&box->south, floor(lat));
    raise_to(&box->east, ceil(lng));
    raise_to(&box->north, ceil(lat));
}

uint32_t cctv_rows_class(const cctv_catalogue_record_t *record)
{
    cctv_streams_t streams = cctv_catalogue_record_streams(record);

    return record->role * 2 + cctv_streams_is_for_all(&streams);
}

/* ---- Make them ---- */

typedef struct {
    const cctv_catalogue_t *c;
    cctv_catalogue_row_t *rows;
    uint32_t count;
    uint32_t size;
    /* By class: the node that has a row for it, and which row. */
    uint32_t *node_of;
    uint32_t *row_of;
} maker_t;

static bool reserve(maker_t *maker)
{
    uint32_t size = maker->size == 0 ? 256 : maker->size * 2;
    cctv_catalogue_row_t *rows;

    if (maker->count < maker->size) {
        return true;
    }
    rows = realloc(maker->rows, size * sizeof *rows);
    if (rows == NULL) {
        return false;
    }
    maker->rows = rows;
    maker->size = size;
    return true;
}

static int by_class(const void *a, const void *b)
{
    uint32_t one = ((const cctv_catalogue_row_t *)a)->class;
    uint32_t other = ((const cctv_catalogue_row_t *)b)->class;

    return (one > other) - (one < other);
}

/* @return whether there is memory */
static bool make_rows(maker_t *maker, int level, uint32_t node)
{
    uint32_t end;
    uint32_t slot = cctv_tree_slots(maker->c, level, node, &end);
    uint32_t first = maker->count;
    uint32_t most = (end - slot) / SLOTS_A_ROW;

    for (; slot < end; slot++) {
        const cctv_catalogue_record_t *record = &maker->c->records[slot];
        uint32_t class = cctv_rows_class(record);

        if (maker->node_of[class] != node + 1) {
            if (maker->count - first == most) {
                maker->count = first;
                return true;
            }
            if (!reserve(maker)) {
                return false;
            }
            maker->node_of[class] = node + 1;
            maker->row_of[class] = maker->count;
            maker->rows[maker->count] = cctv_row_empty;
            maker->rows[maker->count++].class = class;
        }
        maker->rows[maker->row_of[class]].count++;
        cctv_rows_widen(record, &maker->rows[maker->row_of[class]]);
    }
    if (maker->count > first) {
        qsort(maker->rows + first, maker->count - first, sizeof *maker->rows,
              by_class);
    }
    return true;
}

bool cctv_rows_build(const cctv_catalogue_t *c, uint32_t roles, uint32_t *ends,
                     cctv_catalogue_row_t **rows, uint32_t *count)
{
    size_t classes = (size_t)roles * 2 + 1;
    maker_t maker = { .c = c,
                      .node_of = calloc(classes, sizeof(uint32_t)),
                      .row_of = calloc(classes, sizeof(uint32_t)) };
    bool is_made = maker.node_of != NULL && maker.row_of != NULL;
    uint32_t node;
    int level;

    for (level = 1; is_made && level < c->levels; level++) {
        uint32_t end = c->level_at[level]
                       + cctv_catalogue_level_size(c, level);

        for (node = c->level_at[level]; is_made && node < end; node++) {
            is_made = make_rows(&maker, level, node);
            ends[node - c->level_at[1]] = maker.count;
        }
    }
    free(maker.node_of);
    free(maker.row_of);
    *rows = maker.rows;
    *count = maker.count;
    return is_made;
}

bool cctv_rows_are_sound(const cctv_catalogue_t *c)
{
    uint32_t nodes = cctv_rows_nodes(c);
    uint32_t i;

    for (i = 0; i < nodes; i++) {
        if (c->row_ends[i] > c->row_count
            || c->row_ends[i] < (i == 0 ? 0 : c->row_ends[i - 1])) {
            return false;
        }
    }
    for (i = 0; i < c->row_count; i++) {
        if (c->rows[i].class / 2 >= c->head->roles) {
            return false;
        }
    }
    return true;
}

/* ---- Count ---- */

/* @return NULL: the node has no rows */
static cctv_row_sums_t *sums_of(const cctv_catalogue_t *c, uint32_t node,
                                uint32_t class)
{
    uint32_t low;
    uint32_t end = cctv_rows_of(c, node, &low);
    uint32_t high = end;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (c->rows[middle].class < class) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    return low < end && c->rows[low].class == class ? &c->row_sums[low] : NULL;
}

static void add(_Atomic int64_t *to, int64_t what)
{
    atomic_fetch_add_explicit(to, what, memory_order_relaxed);
}

void cctv_rows_count(const cctv_catalogue_t *c, uint32_t slot, unsigned status,
                     int times)
{
    uint32_t class = cctv_rows_class(&c->records[slot]);
    cctv_units_t at = cctv_units_of(&c->records[slot]);
    uint32_t node = slot / CCTV_CATALOGUE_FANOUT;
    int level;

    for (level = 1; level < c->levels; level++) {
        cctv_row_sums_t *sums;

        node /= CCTV_CATALOGUE_FANOUT;
        sums = sums_of(c, c->level_at[level] + node, class);
        if (sums != NULL) {
            add(&sums->of[status].count, times);
            add(&sums->of[status].lng, (int64_t)times * at.lng);
            add(&sums->of[status].lat, (int64_t)times * at.lat);
        }
    }
}

void cctv_rows_recount(const cctv_catalogue_t *c)
{
    uint32_t i;
    unsigned status;

    for (i = 0; i < c->row_count; i++) {
        for (status = 0; status < CCTV_CAMERA_STATUS_COUNT; status++) {
            cctv_row_sum_t *sum = &c->row_sums[i].of[status];

            atomic_store_explicit(&sum->count, 0, memory_order_relaxed);
            atomic_store_explicit(&sum->lng, 0, memory_order_relaxed);
            atomic_store_explicit(&sum->lat, 0, memory_order_relaxed);
        }
    }
    for (i = 0; i < c->head->count; i++) {
        cctv_rows_count(c, i, cctv_catalogue_slot_status(c, i), 1);
    }
}
