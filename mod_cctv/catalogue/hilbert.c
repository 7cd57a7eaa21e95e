/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file hilbert.c
 * @brief Orders cameras along the Hilbert curve, and makes the R-tree.
 * Layer: pure.
 */
#include "catalogue/hilbert.h"

#include "catalogue/tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BITS CCTV_HILBERT_BITS

#define PI 3.14159265358979323846

/* Bits that a pass of the radix sort orders by. */
#define DIGIT   12
#define BUCKETS (1 << DIGIT)

typedef struct {
    uint64_t at;
    uint32_t index;
} place_t;

/* @param part  of the width of the map, from 0 to 1; beyond it is on the edge */
static uint32_t to_grid(double part)
{
    double at = part * (1 << BITS);

    return at <= 0                 ? 0
           : at >= (1 << BITS) - 1 ? (1 << BITS) - 1
                                   : (uint32_t)at;
}

uint32_t cctv_hilbert_column(double lng)
{
    return to_grid((lng + 180) / 360);
}

uint32_t cctv_hilbert_row(double lat)
{
    return to_grid(0.5 - asinh(tan(lat * (PI / 180))) / (2 * PI));
}

uint64_t cctv_hilbert(double lng, double lat)
{
    uint32_t x = cctv_hilbert_column(lng);
    uint32_t y = cctv_hilbert_row(lat);
    uint64_t at = 0;
    uint32_t bit;

    for (bit = 1U << (BITS - 1); bit > 0; bit >>= 1) {
        uint32_t right = (x & bit) != 0;
        uint32_t top = (y & bit) != 0;

        at = at << 2 | ((3 * right) ^ top);
        /* Turn the quarter so that the curve in it starts as the whole does. */
        if (top == 0) {
            uint32_t kept = x;

            if (right == 1) {
                kept = ~x;
                y = ~y;
            }
            x = y;
            y = kept;
        }
    }
    return at;
}

void cctv_hilbert_tile(uint64_t bits, int level, uint32_t *column,
                       uint32_t *row)
{
    uint32_t x = 0, y = 0;
    int i;

    /* From the smallest quarter to the largest: the turns of cctv_hilbert(),
     * in the other order. */
    for (i = 0; i < level; i++, bits >>= 2) {
        uint32_t right = bits >> 1 & 1;
        uint32_t top = (bits ^ right) & 1;
        uint32_t size = 1U << i;

        if (top == 0) {
            uint32_t kept = x;

            if (right == 1) {
                kept = size - 1 - x;
                y = size - 1 - y;
            }
            x = y;
            y = kept;
        }
        x += right * size;
        y += top * size;
    }
    *column = x;
    *row = y;
}

static void sort_digit(const place_t *from, place_t *to, uint32_t count,
                       int shift)
{
    uint32_t starts[BUCKETS] = { 0 };
    uint32_t next = 0;
    uint32_t i;

    for (i = 0; i < count; i++) {
        starts[from[i].at >> shift & (BUCKETS - 1)]++;
    }
    for (i = 0; i < BUCKETS; i++) {
        uint32_t here = starts[i];

        starts[i] = next;
        next += here;
    }
    for (i = 0; i < count; i++) {
        to[starts[from[i].at >> shift & (BUCKETS - 1)]++] = from[i];
    }
}

bool cctv_hilbert_order(const cctv_catalogue_record_t *records, uint32_t count,
                        uint32_t *order)
{
    place_t *places = malloc(2 * ((size_t)count + 1) * sizeof *places);
    place_t *from = places;
    place_t *to;
    uint32_t i;
    int shift;

    if (places == NULL) {
        return false;
    }
    to = places + count;
    for (i = 0; i < count; i++) {
        from[i] = (place_t){ cctv_hilbert(records[i].lng, records[i].lat), i };
    }
    for (shift = 0; shift < 2 * BITS; shift += DIGIT) {
        place_t *other = from;

        sort_digit(from, to, count, shift);
        from = to;
        to = other;
    }
    for (i = 0; i < count; i++) {
        order[i] = from[i].index;
    }
    free(places);
    return true;
}

void cctv_hilbert_places(const cctv_catalogue_record_t *records,
                         uint32_t count, uint64_t *places)
{
    uint32_t i;

    for (i = 0; i < count; i++) {
        places[i] = cctv_hilbert(records[i].lng, records[i].lat);
    }
}

/* ---- The tree ---- */

static void widen(cctv_catalogue_node_t *node, const cctv_catalogue_node_t *by,
                  bool is_first)
{
    if (is_first) {
        *node = *by;
        return;
    }
    node->west = by->west < node->west ? by->west : node->west;
    node->south = by->south < node->south ? by->south : node->south;
    node->east = by->east > node->east ? by->east : node->east;
    node->north = by->north > node->north ? by->north : node->north;
    node->roles |= by->roles;
}

static cctv_catalogue_node_t node_of(const cctv_catalogue_record_t *record)
{
    return (cctv_catalogue_node_t){ record->lng, record->lat, record->lng,
                                    record->lat,
                                    UINT64_C(1) << record->role % 64 };
}

static void fill_node(const cctv_catalogue_t *c, cctv_catalogue_node_t *nodes,
                      int level, uint32_t node)
{
    uint32_t end;
    uint32_t first = cctv_tree_children(c, level, node, &end);
    uint32_t child;

    for (child = first; child < end; child++) {
        cctv_catalogue_node_t leaf;

        if (level == 0) {
            leaf = node_of(&c->records[child]);
        }
        widen(&nodes[node], level == 0 ? &leaf : &nodes[child],
              child == first);
    }
}

void cctv_tree_build(const cctv_catalogue_t *c, cctv_catalogue_node_t *nodes)
{
    uint32_t node = 0;
    int level;

    for (level = 0; level < c->levels; level++) {
        uint32_t end = c->level_at[level]
                       + cctv_catalogue_level_size(c, level);

        for (; node < end; node++) {
            fill_node(c, nodes, level, node);
        }
    }
}
