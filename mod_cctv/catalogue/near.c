/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file near.c
 * @brief Finds the nearest cameras on the sphere.
 * Layer: pure.
 */
#include "catalogue/search.h"

#include "catalogue/names.h"
#include "catalogue/tree.h"

#include <math.h>
#include <stdlib.h>

/* The mean radius of the earth: m. */
#define RADIUS 6371008.771415

#define RADIANS (3.14159265358979323846 / 180)

/* Distances are compared as haversines, sin²(angle / 2), from 0 to 1. Rounding
 * changes one by less than this. */
#define ROUNDING 1e-14

typedef struct {
    double lng; /* radians */
    double lat;
    double cos_lat;
} point_t;

typedef struct {
    double bound; /* no camera below the node is nearer: a haversine */
    uint32_t node;
    int level;
} waiting_t;

typedef struct {
    const cctv_search_t *search;
    point_t point;
    /* The nearest cameras so far: a heap with the farthest one first. */
    cctv_near_t *best;
    int count;
    int wanted;
    /* Nodes to look into: a heap with the nearest one first. */
    waiting_t *waiting;
    int waiting_count;
    int waiting_size;
} near_t;

/* ---- Distances ---- */

static double haversine(double angle)
{
    double half = sin(angle / 2);

    return half * half;
}

/* @param across  the haversine of the difference of longitudes */
static double distance(const point_t *from, double across, double lat)
{
    return haversine(lat - from->lat) + from->cos_lat * cos(lat) * across;
}

static double distance_to(const point_t *from, double lng, double lat)
{
    return distance(from, haversine(lng * RADIANS - from->lng), lat * RADIANS);
}

/* The distance to the part of a meridian from south to north: the great circle
 * that meets it at a right angle meets it at the latitude `foot`. */
static double distance_to_meridian(const point_t *from, double across,
                                   double south, double north)
{
    double cosine = 1 - 2 * across;
    double least = fmin(distance(from, across, south),
                        distance(from, across, north));
    double foot;

    if (cosine <= 0) {
        return least;
    }
    foot = atan(tan(from->lat) / cosine);
    return foot > south && foot < north
               ? fmin(least, distance(from, across, foot))
               : least;
}

static double distance_to_node(const point_t *from,
                               const cctv_catalogue_node_t *node)
{
    double west = node->west * RADIANS;
    double east = node->east * RADIANS;
    double south = node->south * RADIANS;
    double north = node->north * RADIANS;

    if (from->lng >= west && from->lng <= east) {
        return from->lat < south   ? haversine(south - from->lat)
               : from->lat > north ? haversine(from->lat - north)
                                   : 0;
    }
    return distance_to_meridian(
        from, fmin(haversine(west - from->lng), haversine(east - from->lng)),
        south, north);
}

/* ---- The nearest cameras ---- */

static bool is_farther(const cctv_near_t *a, const cctv_near_t *b)
{
    return a->distance > b->distance
           || (a->distance == b->distance && a->index > b->index);
}

static void sink(cctv_near_t *heap, int count, int at)
{
    cctv_near_t moved = heap[at];
    int child;

    while ((child = 2 * at + 1) < count) {
        if (child + 1 < count && is_farther(&heap[child + 1], &heap[child])) {
            child++;
        }
        if (!is_farther(&heap[child], &moved)) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moved;
}

static void rise(cctv_near_t *heap, int at)
{
    cctv_near_t moved = heap[at];

    while (at > 0 && is_farther(&moved, &heap[(at - 1) / 2])) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = moved;
}

static void offer(near_t *near, uint32_t slot)
{
    const cctv_catalogue_record_t *record = &near->search->catalogue
                                                 ->records[slot];
    cctv_near_t here = { distance_to(&near->point, record->lng, record->lat),
                         (int)near->search->catalogue->order[slot] };

    if (near->count < near->wanted) {
        near->best[near->count] = here;
        rise(near->best, near->count++);
    }
    else if (is_farther(&near->best[0], &here)) {
        near->best[0] = here;
        sink(near->best, near->count, 0);
    }
}

/* Whether a camera at this distance can still be among the nearest. */
static bool is_near_enough(const near_t *near, double bound)
{
    return near->count < near->wanted
           || bound <= near->best[0].distance + ROUNDING;
}

/* ---- Nodes in the order of their distance ---- */

static bool push(near_t *near, int level, uint32_t node)
{
    waiting_t new = { distance_to_node(&near->point,
                                       &near->search->catalogue->nodes[node]),
                      node, level };
    waiting_t *heap = near->waiting;
    int at = near->waiting_count;

    if (!is_near_enough(near, new.bound)) {
        return true;
    }
    if (at == near->waiting_size) {
        int size = at * 2 + 64;

        heap = realloc(heap, (size_t)size * sizeof *heap);
        if (heap == NULL) {
            return false;
        }
        near->waiting = heap;
        near->waiting_size = size;
    }
    near->waiting_count++;
    while (at > 0 && new.bound < heap[(at - 1) / 2].bound) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = new;
    return true;
}

static waiting_t pop(near_t *near)
{
    waiting_t *heap = near->waiting;
    waiting_t first = heap[0];
    waiting_t last = heap[--near->waiting_count];
    int count = near->waiting_count;
    int at = 0;
    int child;

    while ((child = 2 * at + 1) < count) {
        if (child + 1 < count && heap[child + 1].bound < heap[child].bound) {
            child++;
        }
        if (heap[child].bound >= last.bound) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    return first;
}

/* @return false: there is no memory */
static bool look_into(near_t *near, const waiting_t *from)
{
    const cctv_catalogue_t *c = near->search->catalogue;
    uint32_t child, end;

    child = cctv_tree_children(c, from->level, from->node, &end);
    for (; child < end; child++) {
        if (from->level == 0) {
            if (cctv_tree_matches(near->search, child)) {
                offer(near, child);
            }
        }
        else if (cctv_tree_match(near->search, child) != CCTV_NODE_NONE
                 && !push(near, from->level - 1, child)) {
            return false;
        }
    }
    return true;
}

static bool find_by_place(near_t *near)
{
    const cctv_catalogue_t *c = near->search->catalogue;
    bool has_memory = push(near, c->levels - 1, c->node_count - 1);

    while (has_memory && near->waiting_count > 0) {
        waiting_t next = pop(near);

        if (!is_near_enough(near, next.bound)) {
            break;
        }
        has_memory = look_into(near, &next);
    }
    free(near->waiting);
    return has_memory;
}

static void find_by_name(near_t *near)
{
    const cctv_catalogue_t *c = near->search->catalogue;
    cctv_names_walk_t walk;
    int index;

    cctv_names_start(&walk, near->search, 0);
    while ((index = cctv_names_next(&walk)) >= 0) {
        if (cctv_tree_matches(near->search, c->slots[index])) {
            offer(near, c->slots[index]);
        }
    }
    if (cctv_names_has_number(near->search)) {
        index = cctv_catalogue_find_here(c, near->search->words->id);
        offer(near, c->slots[index]);
    }
}

/* Sort the heap from the nearest. */
static void finish(near_t *near)
{
    int i;

    for (i = near->count - 1; i > 0; i--) {
        cctv_near_t farthest = near->best[0];

        near->best[0] = near->best[i];
        near->best[i] = farthest;
        sink(near->best, i, 0);
    }
}

static double metres(double haversines)
{
    return 2 * RADIUS * asin(fmin(1, sqrt(haversines)));
}

static int find_near(const cctv_search_t *search, cctv_near_t **out)
{
    const cctv_filter_t *filter = search->filter;
    int count = search->catalogue->count;
    near_t near = { .search = search,
                    .wanted = filter->limit < count ? filter->limit : count,
                    .point = { filter->near_lng * RADIANS,
                               filter->near_lat * RADIANS,
                               cos(filter->near_lat * RADIANS) } };

    *out = NULL;
    if (search->is_empty || count == 0) {
        return 0;
    }
    near.best = calloc((size_t)near.wanted, sizeof *near.best);
    if (near.best == NULL) {
        return -1;
    }
    if (search->words != NULL) {
        find_by_name(&near);
    }
    else if (!find_by_place(&near)) {
        free(near.best);
        return -1;
    }
    finish(&near);
    *out = near.best;
    return near.count;
}

/* Whether camera b of the file of changes comes before camera a. */
static bool is_before(const cctv_catalogue_t *c, const cctv_near_t *a,
                      const cctv_near_t *b)
{
    return b->distance < a->distance
           || (b->distance == a->distance
               && c->changes->ids[b->index] < c->ids[a->index]);
}

/* Take the nearest of both lists. @return how many there are; -1: there is no
 * memory */
static int merge(const cctv_search_t *search, cctv_near_t **list, int count,
                 const cctv_near_t *changed, int changed_count)
{
    int limit = search->filter->limit;
    cctv_near_t *out = calloc((size_t)count + (size_t)changed_count + 1,
                              sizeof *out);
    int base = 0, change = 0, made = 0;

    if (out == NULL) {
        return -1;
    }
    while (made < limit && (base < count || change < changed_count)) {
        if (change < changed_count
            && (base == count
                || is_before(search->catalogue, &(*list)[base],
                             &changed[change]))) {
            out[made] = changed[change++];
            out[made++].index += search->catalogue->count;
        }
        else {
            out[made++] = (*list)[base++];
        }
    }
    free(*list);
    *list = out;
    return made;
}

int cctv_search_near(const cctv_search_t *search, cctv_near_t **out)
{
    int count = find_near(search, out);
    int i;

    if (count >= 0 && search->changes != NULL) {
        cctv_near_t *changed;
        int changed_count = find_near(search->changes, &changed);

        count = changed_count < 0
                    ? -1
                    : merge(search, out, count, changed, changed_count);
        free(changed);
    }
    if (count < 0) {
        free(*out);
    }
    for (i = 0; i < count; i++) {
        (*out)[i].distance = metres((*out)[i].distance);
    }
    return count;
}
