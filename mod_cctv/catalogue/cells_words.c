/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file cells_words.c
 * @brief Finds the cameras whose names have the words of a search, for cells.c.
 * Layer: pure.
 */
#include "catalogue/cell.h"

#include "catalogue/names.h"

/* To look for text in the name of one camera takes as long as to look for it in
 * so many neighbouring names. */
#define NAME_COST 16

static bool find_by_name(const cctv_search_t *search, cctv_hits_t *hits)
{
    const cctv_catalogue_t *c = search->catalogue;
    cctv_names_walk_t walk;
    int index;

    cctv_names_start(&walk, search, 0);
    while ((index = cctv_names_next(&walk)) >= 0) {
        if (cctv_tree_matches(search, c->slots[index])) {
            if (!cctv_hits_reserve(hits, 1)) {
                return false;
            }
            hits->at[hits->count++] = index;
        }
    }
    if (!cctv_names_has_number(search)) {
        return true;
    }
    if (!cctv_hits_reserve(hits, 1)) {
        return false;
    }
    hits->at[hits->count++] = cctv_catalogue_find_here(c, search->words->id);
    return true;
}

/* Drop the cameras whose names do not have the words. */
static void keep_named(const cctv_search_t *search, cctv_hits_t *hits)
{
    int kept = 0;
    int i;

    for (i = 0; i < hits->count; i++) {
        if (cctv_names_match(search, hits->at[i])) {
            hits->at[kept++] = hits->at[i];
        }
    }
    hits->count = kept;
}

/* Out of the few of a small box, or else out of all names. */
bool cctv_cells_find(const cctv_search_t *search, cctv_hits_t *hits)
{
    const cctv_catalogue_t *c = search->catalogue;
    int budget = c->count / NAME_COST + CCTV_CATALOGUE_FANOUT;
    int i;

    if (cctv_tree_gather(search, 0, budget, hits)) {
        keep_named(search, hits);
    }
    else {
        hits->count = 0;
        if (hits->failed || !find_by_name(search, hits)) {
            return false;
        }
    }
    for (i = 0; i < hits->count; i++) {
        hits->at[i] = (int)c->slots[hits->at[i]];
    }
    return cctv_hits_sort(hits, c->count);
}
