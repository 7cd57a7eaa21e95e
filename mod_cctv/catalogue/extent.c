/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file extent.c
 * @brief Finds the box around the cameras of a search.
 * Layer: pure.
 */
#include "catalogue/search.h"

#include "cameras/extent.h"
#include "catalogue/cell.h"
#include "catalogue/names.h"
#include "catalogue/tree.h"

#include <limits.h>
#include <stdlib.h>

/* One name in so many is looked at by itself before all names are searched, which
 * is much faster for each of them. */
#define NAMES_A_LOOK 64

typedef struct {
    const cctv_search_t *search;
    cctv_extent_t *extent;
    int budget; /* how many more names may be looked at */
} walk_t;

/* @return false, too, where the budget is not enough: then it is below 0 */
static bool has_name(walk_t *walk, uint32_t slot)
{
    const cctv_search_t *search = walk->search;

    return search->words == NULL
           || (walk->budget-- > 0
               && cctv_names_match(search,
                                   (int)search->catalogue->order[slot]));
}

static void add_slots(walk_t *walk, uint32_t slot, uint32_t end)
{
    const cctv_catalogue_t *c = walk->search->catalogue;

    for (; slot < end; slot++) {
        const cctv_catalogue_record_t *at = &c->records[slot];
        cctv_bbox_t point = { at->lng, at->lat, at->lng, at->lat };

        if (cctv_extent_may_grow(walk->extent, &point)
            && cctv_tree_matches(walk->search, slot) && has_name(walk, slot)) {
            cctv_extent_add(walk->extent, at->lng, at->lat);
        }
    }
}

/* Goes down only where the extent may still grow: soon that is along its
 * edges. Stops if the budget is not enough. */
static void add_below(walk_t *walk, int level, uint32_t node)
{
    const cctv_search_t *search = walk->search;
    const cctv_catalogue_node_t *at = &search->catalogue->nodes[node];
    cctv_bbox_t box = { at->west, at->south, at->east, at->north };
    uint32_t child, end;

    if (walk->budget < 0 || !cctv_extent_may_grow(walk->extent, &box)
        || cctv_tree_match(search, node) == CCTV_NODE_NONE) {
        return;
    }
    child = cctv_tree_children(search->catalogue, level, node, &end);
    if (level == 0) {
        add_slots(walk, child, end);
        return;
    }
    for (; child < end; child++) {
        add_below(walk, level - 1, child);
    }
}

/* Out of all names. @return whether there is memory */
static bool add_named(const cctv_search_t *search, cctv_extent_t *extent)
{
    cctv_hits_t hits = { .at = NULL };
    bool is_done = cctv_cells_find(search, &hits);
    int i;

    for (i = 0; is_done && i < hits.count; i++) {
        const cctv_catalogue_record_t *at = &search->catalogue
                                                 ->records[hits.at[i]];

        cctv_extent_add(extent, at->lng, at->lat);
    }
    free(hits.at);
    return is_done;
}

/* The tree is quick where many names have the words, and all names where few
 * have them. */
static void add_file(const cctv_search_t *search, cctv_extent_t *extent)
{
    const cctv_catalogue_t *c = search->catalogue;
    walk_t walk = { search, extent,
                    c->count / NAMES_A_LOOK + CCTV_CATALOGUE_FANOUT };

    if (search->is_empty || c->count == 0) {
        return;
    }
    add_below(&walk, c->levels - 1, c->node_count - 1);
    if (walk.budget < 0 && !add_named(search, extent)) {
        walk.budget = INT_MAX;
        add_below(&walk, c->levels - 1, c->node_count - 1);
    }
}

bool cctv_search_extent(const cctv_search_t *search, cctv_bbox_t *out)
{
    cctv_extent_t extent = CCTV_EXTENT_NONE;

    add_file(search, &extent);
    if (search->changes != NULL) {
        add_file(search->changes, &extent);
    }
    return cctv_extent_box(&extent, out);
}
