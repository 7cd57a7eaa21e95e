/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file plan.c
 * @brief Chooses the cheapest plan for a page of cameras, using a sample of
 *        the table.
 * Layer: pure.
 */
#include "cameras/plan.h"

#include <math.h>
#include <string.h>
#include <xxhash.h>

/* To fetch and sort a camera found by the index on the position costs as much
 * as to read and drop this many cameras in a walk along the ids: 1.7 µs and
 * 0.25 µs (PostgreSQL 15, 1,000,000 cameras in memory). */
#define FETCH_PER_WALK 7

/* So few cameras are fetched fast enough, whatever the other plan would
 * cost. */
#define FEW 200

static uint32_t hash(const char *text)
{
    return (uint32_t)XXH3_64bits(text, strlen(text));
}

void cctv_sample_add(cctv_sample_t *sample, int32_t id, float lng, float lat,
                     const char *role, const char *status)
{
    int i = sample->count;

    if (i == CCTV_SAMPLE_MAX) {
        return;
    }
    sample->id[i] = id;
    sample->lng[i] = lng;
    sample->lat[i] = lat;
    sample->role[i] = hash(role);
    sample->status[i] = hash(status);
    sample->count++;
}

static bool in_box(const cctv_sample_t *s, int i, const cctv_bbox_t *box)
{
    double lng = (double)s->lng[i];
    double lat = (double)s->lat[i];
    bool west = lng >= box->west;
    bool east = lng <= box->east;

    return lat >= box->south && lat <= box->north
           && (cctv_bbox_is_crossing(box) ? west || east : west && east);
}

/* One pass without branches, so that the compiler can vectorise it. Every
 * request with a box runs it. */
static int count_in_box(const cctv_sample_t *s, const cctv_bbox_t *box)
{
    const float west = (float)box->west, east = (float)box->east;
    const float south = (float)box->south, north = (float)box->north;
    /* Decided from the doubles: as floats, the sides of a thin box may change
     * their order, and the box would cover the rest of the world. */
    int wanted = cctv_bbox_is_crossing(box) ? 1 : 2;
    int count = 0;
    int i;

    for (i = 0; i < s->count; i++) {
        int sides = (s->lng[i] >= west) + (s->lng[i] <= east);

        count += (s->lat[i] >= south) & (s->lat[i] <= north)
                 & (sides >= wanted);
    }
    return count;
}

/* A filter with its words as hashes. */
typedef struct {
    const cctv_filter_t *filter;
    uint32_t status;
    uint32_t role[CCTV_FILTER_ROLES_MAX];
    int role_count;
} wanted_t;

static void hash_words(const cctv_filter_t *filter, wanted_t *out)
{
    int i;

    out->filter = filter;
    out->status = filter->status == NULL ? 0 : hash(filter->status);
    out->role_count = 0;
    for (i = 0; filter->roles != NULL && i < filter->roles->nelts
                && i < CCTV_FILTER_ROLES_MAX;
         i++) {
        out->role[out->role_count++] = hash(
            APR_ARRAY_IDX(filter->roles, i, const char *));
    }
}

static bool has_role(const cctv_sample_t *s, int i, const wanted_t *wanted)
{
    int k;

    for (k = 0; k < wanted->role_count; k++) {
        if (s->role[i] == wanted->role[k]) {
            return true;
        }
    }
    return wanted->filter->roles == NULL;
}

static bool is_wanted(const cctv_sample_t *s, int i, const wanted_t *wanted)
{
    const cctv_filter_t *filter = wanted->filter;

    return (filter->status == NULL || s->status[i] == wanted->status)
           && (!filter->has_bbox || in_box(s, i, &filter->bbox))
           && has_role(s, i, wanted);
}

/* The conditions that have an index, as bits. */
enum {
    BOX = 1,
    ROLE = 2,
    BEHIND = 4,
    ALL_INDEXES = 7
};

/* The cost of reading an index entry, as a fraction of fetching a camera. */
#define ENTRY 0.06

/* The cost of planning, in cameras fetched. */
#define PLANNING 100

/* The cost of the planner's plan, in cameras fetched. The planner may combine
 * several indexes; this takes the set of indexes that is cheapest: the fetched
 * cameras that are in all of them, plus the entries that are read. */
static double joined_cost(const cctv_sample_t *s, const wanted_t *wanted)
{
    const cctv_filter_t *filter = wanted->filter;
    int kinds[ALL_INDEXES + 1] = { 0 };
    double best = HUGE_VAL;
    int useful = (filter->has_bbox ? BOX : 0)
                 | (filter->roles != NULL ? ROLE : 0)
                 | (filter->after > 0 ? BEHIND : 0);
    int set, kind, i;

    for (i = 0; i < s->count; i++) {
        kind = (filter->has_bbox && in_box(s, i, &filter->bbox) ? BOX : 0)
               | (has_role(s, i, wanted) ? ROLE : 0)
               | (s->id[i] > filter->after ? BEHIND : 0);
        kinds[kind]++;
    }
    for (set = 1; set <= ALL_INDEXES; set++) {
        double cost = 0;

        if ((set & ~useful) != 0) {
            continue;
        }
        for (kind = 0; kind <= ALL_INDEXES; kind++) {
            double entries = ((kind & set & BOX) != 0)
                             + ((kind & set & ROLE) != 0)
                             + ((kind & set & BEHIND) != 0);

            cost += kinds[kind] * (ENTRY * entries + ((kind & set) == set));
        }
        best = cost < best ? cost : best;
    }
    return best * s->scale + PLANNING;
}

/* This many matching cameras are enough to estimate the distance between
 * them. */
#define HITS_MIN 32

/* How many cameras a walk along the ids would read to fill the page; -1 if no
 * camera of the sample matches. */
static double walk_length(const cctv_sample_t *s, const wanted_t *wanted)
{
    const cctv_filter_t *filter = wanted->filter;
    double page = filter->limit / s->scale;
    int looked_at = 0, first = 0, last = 0;
    int found = 0;
    double gap;
    int i;

    for (i = 0; i < s->count && (found < page || found < HITS_MIN); i++) {
        if (s->id[i] > filter->after) {
            looked_at++;
            if (is_wanted(s, i, wanted)) {
                last = looked_at;
                first = found == 0 ? last : first;
                found++;
            }
        }
    }
    if (found == 0) {
        return -1;
    }
    if (found < page) {
        return looked_at * s->scale;
    }
    /* A page may need less than one camera of the sample. But the walk always
     * has to reach the first match, if that is farther away than chance
     * explains. */
    gap = found > 1 ? (double)(last - first) / (found - 1) : first;
    return ((first > gap ? first - gap : 0) + gap * page) * s->scale;
}

cctv_plan_t cctv_plan_choose(const cctv_sample_t *sample,
                             const cctv_filter_t *filter)
{
    wanted_t wanted;
    cctv_plan_t best = CCTV_PLAN_BY_PLANNER;
    double cost = HUGE_VAL;
    double walked;

    if (!filter->has_bbox && filter->roles == NULL && filter->status == NULL) {
        return CCTV_PLAN_BY_ID;
    }
    if (filter->has_bbox) {
        best = CCTV_PLAN_BY_POSITION;
        cost = count_in_box(sample, &filter->bbox) * sample->scale;
        if (cost <= FEW) {
            return best;
        }
    }
    hash_words(filter, &wanted);
    walked = walk_length(sample, &wanted);
    if (walked < 0 && !filter->has_bbox && filter->roles == NULL) {
        return CCTV_PLAN_BY_ID;
    }
    if (walked >= 0 && walked < cost * FETCH_PER_WALK) {
        best = CCTV_PLAN_BY_ID;
        cost = walked / FETCH_PER_WALK;
    }
    return joined_cost(sample, &wanted) < cost ? CCTV_PLAN_BY_PLANNER : best;
}
