/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file search.c
 * @brief Finds the cameras of a filter in a catalogue.
 * Layer: pure.
 */
#include "catalogue/search.h"

#include "catalogue/names.h"
#include "catalogue/ranked.h"
#include "catalogue/tree.h"
#include "catalogue/words.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* To look for text in the name of one camera takes as long as to look for it in
 * so many neighbouring names. */
#define NAME_COST 16

/* A walk along the ids gives up after so many times the steps that it should
 * take if the cameras that match were spread evenly. */
#define PATIENCE 8

/* ---- Prepare ---- */

int64_t cctv_catalogue_find_role(const cctv_catalogue_t *c, const char *name)
{
    cctv_text_t wanted = { name, strlen(name) };
    uint32_t low = 0;
    uint32_t high = c->head->roles;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = cctv_role_compare(cctv_catalogue_role_name(c, middle),
                                      wanted);

        if (order == 0) {
            return middle;
        }
        if (order < 0) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    return -1;
}

/* Bit i of a node stands for the roles i, i + 64, …: these are the columns of
 * the set of roles. */
static void prepare_roles(apr_pool_t *pool, cctv_search_t *out)
{
    const apr_array_header_t *names = out->filter->roles;
    uint32_t count = out->catalogue->head->roles;
    uint32_t words = (count + 63) / 64;
    uint64_t *roles = apr_pcalloc(pool, (words + 1) * sizeof *roles);
    uint32_t i;
    int name;

    for (name = 0; name < names->nelts; name++) {
        int64_t role = cctv_catalogue_find_role(
            out->catalogue, APR_ARRAY_IDX(names, name, const char *));

        if (role >= 0) {
            roles[role / 64] |= UINT64_C(1) << role % 64;
        }
    }
    out->all = UINT64_MAX;
    for (i = 0; i < words; i++) {
        bool is_short = i + 1 == words && count % 64 != 0;

        out->some |= roles[i];
        out->all &= roles[i] | (is_short ? UINT64_MAX << count % 64 : 0);
    }
    out->roles = roles;
    out->has_roles = true;
    out->is_empty = out->some == 0;
}

static int status_of(const char *label)
{
    int status = 0;

    while (status < CCTV_CAMERA_STATUS_COUNT
           && strcmp(cctv_camera_status_labels[status], label) != 0) {
        status++;
    }
    return status;
}

static void prepare(apr_pool_t *pool, const cctv_catalogue_t *catalogue,
                    const cctv_filter_t *filter, cctv_search_t *out)
{
    *out = (cctv_search_t){ .catalogue = catalogue,
                            .filter = filter,
                            .words = filter->words,
                            .status = -1 };
    if (filter->roles != NULL) {
        prepare_roles(pool, out);
    }
    if (filter->status != NULL) {
        out->status = status_of(filter->status);
        out->is_empty = out->is_empty
                        || out->status == CCTV_CAMERA_STATUS_COUNT;
    }
}

void cctv_search_init(apr_pool_t *pool, const cctv_catalogue_t *catalogue,
                      const cctv_filter_t *filter, cctv_search_t *out)
{
    prepare(pool, catalogue, filter, out);
    if (catalogue->changes != NULL && catalogue->changes->count > 0) {
        cctv_search_t *changes = apr_palloc(pool, sizeof *changes);

        prepare(pool, catalogue->changes, filter, changes);
        out->changes = changes;
    }
}

bool cctv_search_matches(const cctv_search_t *search, int index)
{
    if (index >= search->catalogue->count) {
        index -= search->catalogue->count;
        search = search->changes;
    }
    return !search->is_empty
           && cctv_tree_matches(search, search->catalogue->slots[index])
           && cctv_names_match(search, index);
}

static bool has_role(const cctv_filter_t *filter, cctv_text_t role)
{
    int i;

    for (i = 0; filter->roles != NULL && i < filter->roles->nelts; i++) {
        const char *name = APR_ARRAY_IDX(filter->roles, i, const char *);

        if (strlen(name) == role.len
            && memcmp(name, role.text, role.len) == 0) {
            return true;
        }
    }
    return filter->roles == NULL;
}

bool cctv_catalogue_matches(const cctv_catalogue_t *catalogue, int index,
                            const cctv_filter_t *filter)
{
    cctv_search_t search = { .catalogue = catalogue,
                             .filter = filter,
                             .words = filter->words,
                             .status = -1 };

    search.catalogue = catalogue = cctv_catalogue_file_of(catalogue, &index);
    if (filter->status != NULL) {
        search.status = status_of(filter->status);
    }
    return cctv_tree_matches(&search, catalogue->slots[index])
           && has_role(filter, cctv_catalogue_role(catalogue, index))
           && cctv_names_match(&search, index);
}

/* ---- A page ---- */

typedef enum {
    DONE,
    GAVE_UP,
    NO_MEMORY
} outcome_t;

/* Drop the cameras whose names do not have the text. */
static void keep_named(const cctv_search_t *search, cctv_hits_t *hits)
{
    int kept = 0;
    int i;

    for (i = 0; search->words != NULL && i < hits->count; i++) {
        if (cctv_names_match(search, hits->at[i])) {
            hits->at[kept++] = hits->at[i];
        }
    }
    hits->count = search->words == NULL ? hits->count : kept;
}

/* List the cameras from the tree, in the order of ids. */
static outcome_t page_by_place(const cctv_search_t *search, int first,
                               int budget, cctv_hits_t *hits)
{
    if (!cctv_tree_gather(search, first, budget, hits)) {
        return hits->failed ? NO_MEMORY : GAVE_UP;
    }
    keep_named(search, hits);
    return cctv_hits_sort(hits, search->catalogue->count) ? DONE : NO_MEMORY;
}

/* Look at one camera after the other, in the order of ids. */
static outcome_t page_by_id(const cctv_search_t *search, int first,
                            int64_t steps, int wanted, cctv_hits_t *hits)
{
    int end = search->catalogue->count;
    int i;

    for (i = first; i < end && hits->count < wanted; i++) {
        if (i - first > steps) {
            return GAVE_UP;
        }
        if (cctv_tree_matches(search, search->catalogue->slots[i])) {
            if (!cctv_hits_reserve(hits, 1)) {
                return NO_MEMORY;
            }
            hits->at[hits->count++] = i;
        }
    }
    return DONE;
}

/* The list that the tree yields has m cameras; a walk along the ids takes
 * wanted * count / m steps. The first is shorter up to this m. */
static int budget_of(const cctv_search_t *search, int first, int wanted)
{
    double rest = search->catalogue->count - first;
    double budget = sqrt((double)wanted * rest);

    return (int)budget + CCTV_CATALOGUE_FANOUT;
}

static outcome_t find_page(const cctv_search_t *search, int wanted,
                           cctv_hits_t *hits)
{
    const cctv_filter_t *filter = search->filter;
    int first = cctv_catalogue_after(search->catalogue, filter->after);
    int budget = budget_of(search, first, wanted);
    outcome_t outcome = page_by_place(search, first, budget, hits);

    if (outcome == GAVE_UP) {
        hits->count = 0;
        outcome = page_by_id(search, first, (int64_t)budget * PATIENCE, wanted,
                             hits);
    }
    if (outcome == GAVE_UP) {
        hits->count = 0;
        outcome = page_by_place(search, first, INT_MAX, hits);
    }
    return outcome;
}

/* By rank: out of the few that the tree yields, or else out of all names. */
static outcome_t find_ranked(const cctv_search_t *search, int wanted,
                             cctv_hits_t *hits)
{
    const cctv_filter_t *filter = search->filter;
    int first = filter->has_rank
                    ? 0
                    : cctv_catalogue_after(search->catalogue, filter->after);
    int budget = (search->catalogue->count - first) / NAME_COST
                 + CCTV_CATALOGUE_FANOUT;
    outcome_t outcome = page_by_place(search, first, budget, hits);
    bool is_done;

    if (outcome == NO_MEMORY) {
        return outcome;
    }
    is_done = outcome == DONE ? cctv_ranked_few(search, wanted, hits)
                              : cctv_ranked_all(search, first, wanted, hits);
    return is_done ? DONE : NO_MEMORY;
}

/* Find a page in one file. @return whether there is memory */
static bool find_here(const cctv_search_t *search, int wanted,
                      cctv_hits_t *hits)
{
    return search->is_empty
           || (search->words != NULL ? find_ranked : find_page)(search, wanted,
                                                                hits)
                  == DONE;
}

/* Where a camera of one file stands in a list: by rank, then by id. */
static int64_t place_of(const cctv_search_t *search, int index)
{
    int64_t rank = search->words == NULL ? 0 : cctv_search_rank(search, index);

    return rank << 32 | search->catalogue->ids[index];
}

/* Insert the cameras of the file of changes where they belong. */
static bool merge_pages(const cctv_search_t *search, cctv_hits_t *hits,
                        const cctv_hits_t *changed)
{
    const cctv_search_t *changes = search->changes;
    int base = hits->count - 1;
    int change = changed->count - 1;
    int64_t base_place = base < 0 ? -1 : place_of(search, hits->at[base]);

    if (!cctv_hits_reserve(hits, changed->count)) {
        return false;
    }
    hits->count += changed->count;
    /* From the end, so that nothing is overwritten that is still needed. */
    while (change >= 0) {
        int64_t place = place_of(changes, changed->at[change]);

        for (; base_place > place; base--) {
            hits->at[base + change + 1] = hits->at[base];
            base_place = base == 0 ? -1 : place_of(search, hits->at[base - 1]);
        }
        hits->at[base + change + 1] = search->catalogue->count
                                      + changed->at[change];
        change--;
    }
    return true;
}

static bool add_changes(const cctv_search_t *search, int wanted,
                        cctv_hits_t *hits)
{
    cctv_hits_t changed = { .at = NULL };
    bool is_done = find_here(search->changes, wanted, &changed)
                   && merge_pages(search, hits, &changed);

    free(changed.at);
    return is_done;
}

int cctv_search_page(const cctv_search_t *search, int **out, bool *is_cut)
{
    cctv_hits_t hits = { .at = NULL };
    int limit = search->filter->limit;

    if (!find_here(search, limit + 1, &hits)
        || (search->changes != NULL
            && !add_changes(search, limit + 1, &hits))) {
        free(hits.at);
        return -1;
    }
    *out = hits.at;
    *is_cut = hits.count > limit;
    return *is_cut ? limit : hits.count;
}

static int count_here(const cctv_search_t *search)
{
    cctv_names_walk_t walk;
    int count = 0;
    int index;

    if (search->is_empty) {
        return 0;
    }
    if (search->words == NULL) {
        return cctv_tree_count(search);
    }
    cctv_names_start(&walk, search, 0);
    while ((index = cctv_names_next(&walk)) >= 0) {
        count += cctv_tree_matches(search, search->catalogue->slots[index]);
    }
    return count + cctv_names_has_number(search);
}

int cctv_search_rank(const cctv_search_t *search, int index)
{
    const cctv_catalogue_t *c = search->catalogue;

    if (search->words == NULL) {
        return -1;
    }
    if (index >= c->count) {
        return cctv_search_rank(search->changes, index - c->count);
    }
    return 2 * cctv_names_judge(search, index)
           + !cctv_tree_is_playable(c, c->slots[index]);
}

int cctv_search_count(const cctv_search_t *search)
{
    return count_here(search)
           + (search->changes == NULL ? 0 : count_here(search->changes));
}
