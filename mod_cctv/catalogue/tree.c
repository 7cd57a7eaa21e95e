/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file tree.c
 * @brief Goes down the R-tree of a catalogue.
 * Layer: pure.
 */
#include "catalogue/tree.h"

#include "cameras/sees.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

bool cctv_hits_reserve(cctv_hits_t *hits, int more)
{
    int size = hits->size;
    int *at;

    if (hits->count <= size - more) {
        return true;
    }
    if (hits->failed || hits->count > INT_MAX / 2 - more) {
        hits->failed = true;
        return false;
    }
    size = size * 2 < hits->count + more ? hits->count + more + 256 : size * 2;
    at = realloc(hits->at, (size_t)size * sizeof *at);
    if (at == NULL) {
        hits->failed = true;
        return false;
    }
    hits->at = at;
    hits->size = size;
    return true;
}

uint32_t cctv_tree_children(const cctv_catalogue_t *c, int level,
                            uint32_t node, uint32_t *end)
{
    uint32_t first = (node - c->level_at[level]) * CCTV_CATALOGUE_FANOUT;
    uint32_t size = level == 0 ? c->head->count
                               : cctv_catalogue_level_size(c, level - 1);
    uint32_t base = level == 0 ? 0 : c->level_at[level - 1];

    *end = base
           + (first + CCTV_CATALOGUE_FANOUT < size
                  ? first + CCTV_CATALOGUE_FANOUT
                  : size);
    return base + first;
}

uint32_t cctv_tree_slots(const cctv_catalogue_t *c, int level, uint32_t node,
                         uint32_t *end)
{
    uint64_t width = CCTV_CATALOGUE_FANOUT;
    uint64_t start;
    int i;

    for (i = 0; i < level; i++) {
        width *= CCTV_CATALOGUE_FANOUT;
    }
    start = (node - c->level_at[level]) * width;
    *end = start + width < c->head->count ? (uint32_t)(start + width)
                                          : c->head->count;
    return (uint32_t)start;
}

/* ---- What matches ---- */

static cctv_node_match_t match_box(const cctv_bbox_t *box,
                                   const cctv_catalogue_node_t *node)
{
    bool is_inside;

    if (node->south > box->north || node->north < box->south) {
        return CCTV_NODE_NONE;
    }
    if (cctv_bbox_is_crossing(box)) {
        if (node->east < box->west && node->west > box->east) {
            return CCTV_NODE_NONE;
        }
        is_inside = node->west >= box->west || node->east <= box->east;
    }
    else {
        if (node->east < box->west || node->west > box->east) {
            return CCTV_NODE_NONE;
        }
        is_inside = node->west >= box->west && node->east <= box->east;
    }
    return is_inside && node->south >= box->south && node->north <= box->north
               ? CCTV_NODE_ALL
               : CCTV_NODE_SOME;
}

static bool is_in_box(const cctv_bbox_t *box, double lng, double lat)
{
    bool is_between = cctv_bbox_is_crossing(box)
                          ? lng >= box->west || lng <= box->east
                          : lng >= box->west && lng <= box->east;

    return is_between && lat >= box->south && lat <= box->north;
}

static uint32_t with_status(const cctv_search_t *search, uint32_t node)
{
    return atomic_load_explicit(
        &search->catalogue->status_counts[node].count[search->status],
        memory_order_relaxed);
}

cctv_node_match_t cctv_tree_match(const cctv_search_t *search, uint32_t node)
{
    const cctv_catalogue_node_t *at = &search->catalogue->nodes[node];
    cctv_node_match_t match = CCTV_NODE_ALL;

    if (search->filter->has_bbox) {
        match = match_box(&search->filter->bbox, at);
        if (match == CCTV_NODE_NONE) {
            return match;
        }
    }
    if (search->has_roles) {
        if ((at->roles & search->some) == 0) {
            return CCTV_NODE_NONE;
        }
        if ((at->roles & ~search->all) != 0) {
            match = CCTV_NODE_SOME;
        }
    }
    if (search->filter->has_playable || search->filter->has_sees) {
        match = CCTV_NODE_SOME;
    }
    if (search->status >= 0) {
        if (with_status(search, node) == 0) {
            return CCTV_NODE_NONE;
        }
        if (match == CCTV_NODE_ALL) {
            match = CCTV_NODE_ALL_BUT_STATUS;
        }
    }
    return match;
}

bool cctv_tree_is_playable(const cctv_catalogue_t *c, uint32_t slot)
{
    cctv_streams_t streams = cctv_catalogue_record_streams(&c->records[slot]);

    return cctv_streams_is_for_all(&streams);
}

static bool sees(const cctv_filter_t *filter, const cctv_catalogue_t *c,
                 uint32_t slot)
{
    const cctv_catalogue_record_t *record = &c->records[slot];
    cctv_sight_t sight = cctv_sees_of_feature(
        cctv_catalogue_slot_feature(c, slot));

    return cctv_sees(&sight, record->lng, record->lat, filter->sees_lng,
                     filter->sees_lat);
}

bool cctv_tree_is_inside(const cctv_search_t *search, uint32_t node)
{
    return !search->filter->has_bbox
           || match_box(&search->filter->bbox, &search->catalogue->nodes[node])
                  == CCTV_NODE_ALL;
}

bool cctv_tree_has_role(const cctv_search_t *search, uint32_t role)
{
    return !search->has_roles
           || (search->roles[role / 64] >> role % 64 & 1) != 0;
}

bool cctv_tree_would_match(const cctv_search_t *search, uint32_t slot)
{
    const cctv_catalogue_t *c = search->catalogue;
    const cctv_catalogue_record_t *record = &c->records[slot];

    return (!search->filter->has_bbox
            || is_in_box(&search->filter->bbox, record->lng, record->lat))
           && cctv_tree_has_role(search, record->role)
           && (search->status < 0
               || (int)cctv_catalogue_slot_status(c, slot) == search->status)
           && (!search->filter->has_playable
               || cctv_tree_is_playable(c, slot) == search->filter->playable)
           && (!search->filter->has_sees || sees(search->filter, c, slot));
}

bool cctv_tree_matches(const cctv_search_t *search, uint32_t slot)
{
    return !cctv_catalogue_is_gone(search->catalogue, slot)
           && cctv_tree_would_match(search, slot);
}

/* ---- Lists ---- */

typedef struct {
    const cctv_search_t *search;
    cctv_hits_t *hits;
    int first;
    int64_t budget; /* how many more cameras may be looked at */
} gather_t;

/* @param is_sure  whether all of them match */
static bool gather_slots(gather_t *g, uint32_t slot, uint32_t end,
                         bool is_sure)
{
    const uint32_t *order = g->search->catalogue->order;
    cctv_hits_t *hits = g->hits;

    g->budget -= end - slot;
    if (g->budget < 0 || !cctv_hits_reserve(hits, (int)(end - slot))) {
        return false;
    }
    for (; slot < end; slot++) {
        int index = (int)order[slot];

        if (index >= g->first
            && (is_sure ? !cctv_catalogue_is_gone(g->search->catalogue, slot)
                        : cctv_tree_matches(g->search, slot))) {
            hits->at[hits->count++] = index;
        }
    }
    return true;
}

static bool gather(gather_t *g, int level, uint32_t node)
{
    const cctv_catalogue_t *c = g->search->catalogue;
    cctv_node_match_t match = cctv_tree_match(g->search, node);
    uint32_t child, end;

    if (match == CCTV_NODE_NONE) {
        return true;
    }
    if (match == CCTV_NODE_ALL) {
        child = cctv_tree_slots(c, level, node, &end);
        return gather_slots(g, child, end, true);
    }
    child = cctv_tree_children(c, level, node, &end);
    if (level == 0) {
        return gather_slots(g, child, end, false);
    }
    while (child < end && gather(g, level - 1, child)) {
        child++;
    }
    return child == end;
}

bool cctv_tree_gather(const cctv_search_t *search, int first, int budget,
                      cctv_hits_t *hits)
{
    const cctv_catalogue_t *c = search->catalogue;
    gather_t g = { search, hits, first, budget };

    return search->is_empty || c->count == 0
           || gather(&g, c->levels - 1, c->node_count - 1);
}

/* ---- Numbers ---- */

uint32_t cctv_tree_next_gone(const cctv_catalogue_t *c, uint32_t slot,
                             uint32_t end)
{
    while (c->gone != NULL && slot < end) {
        uint64_t word = c->gone[slot / 64] >> slot % 64;

        if (word != 0) {
            slot += (uint32_t)__builtin_ctzll(word);
            return slot < end ? slot : end;
        }
        slot = (slot / 64 + 1) * 64;
    }
    return end;
}

/* How many cameras of some slots are gone. @param status  -1: any */
static uint32_t count_gone(const cctv_catalogue_t *c, uint32_t slot,
                           uint32_t end, int status)
{
    uint32_t count = 0;

    while ((slot = cctv_tree_next_gone(c, slot, end)) < end) {
        count += status < 0
                 || (int)cctv_catalogue_slot_status(c, slot) == status;
        slot++;
    }
    return count;
}

static uint32_t count_below(const cctv_search_t *search, int level,
                            uint32_t node)
{
    const cctv_catalogue_t *c = search->catalogue;
    cctv_node_match_t match = cctv_tree_match(search, node);
    uint32_t count = 0;
    uint32_t child, end;

    if (match == CCTV_NODE_NONE) {
        return 0;
    }
    if (match == CCTV_NODE_ALL_BUT_STATUS) {
        child = cctv_tree_slots(c, level, node, &end);
        return with_status(search, node)
               - count_gone(c, child, end, search->status);
    }
    if (match == CCTV_NODE_ALL) {
        child = cctv_tree_slots(c, level, node, &end);
        return end - child - count_gone(c, child, end, -1);
    }
    child = cctv_tree_children(c, level, node, &end);
    for (; child < end; child++) {
        count += level > 0 ? count_below(search, level - 1, child)
                           : cctv_tree_matches(search, child);
    }
    return count;
}

int cctv_tree_count(const cctv_search_t *search)
{
    const cctv_catalogue_t *c = search->catalogue;

    return search->is_empty || c->count == 0
               ? 0
               : (int)count_below(search, c->levels - 1, c->node_count - 1);
}
