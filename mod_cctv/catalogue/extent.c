/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file extent.c
 * @brief Finds the box around the cameras of a search.
 * Layer: pure.
 */
#include "catalogue/search.h"

#include "cameras/extent.h"
#include "catalogue/names.h"
#include "catalogue/tree.h"

static void add_slots(const cctv_search_t *search, uint32_t slot, uint32_t end,
                      cctv_extent_t *extent)
{
    const cctv_catalogue_t *c = search->catalogue;

    for (; slot < end; slot++) {
        const cctv_catalogue_record_t *at = &c->records[slot];
        cctv_bbox_t point = { at->lng, at->lat, at->lng, at->lat };

        if (cctv_extent_may_grow(extent, &point)
            && cctv_tree_matches(search, slot)
            && cctv_names_match(search, (int)c->order[slot])) {
            cctv_extent_add(extent, at->lng, at->lat);
        }
    }
}

/* Goes down only where the extent may still grow: soon that is along its
 * edges. */
static void add_below(const cctv_search_t *search, int level, uint32_t node,
                      cctv_extent_t *extent)
{
    const cctv_catalogue_node_t *at = &search->catalogue->nodes[node];
    cctv_bbox_t box = { at->west, at->south, at->east, at->north };
    uint32_t child, end;

    if (!cctv_extent_may_grow(extent, &box)
        || cctv_tree_match(search, node) == CCTV_NODE_NONE) {
        return;
    }
    child = cctv_tree_children(search->catalogue, level, node, &end);
    if (level == 0) {
        add_slots(search, child, end, extent);
        return;
    }
    for (; child < end; child++) {
        add_below(search, level - 1, child, extent);
    }
}

static void add_file(const cctv_search_t *search, cctv_extent_t *extent)
{
    const cctv_catalogue_t *c = search->catalogue;

    if (!search->is_empty && c->count > 0) {
        add_below(search, c->levels - 1, c->node_count - 1, extent);
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
