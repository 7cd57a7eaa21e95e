/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file ranked.c
 * @brief The page of a search with words: the cameras by rank, then by id.
 * Layer: pure.
 */
#include "catalogue/ranked.h"

#include "catalogue/names.h"

#include <stdlib.h>
#include <string.h>

/* The first cameras of each rank. */
typedef struct {
    const cctv_search_t *search;
    int wanted;
    cctv_hits_t ranks[CCTV_RANK_COUNT];
    /* Cameras of this rank or a worse one are not on the page. */
    int cut;
} ranked_t;

/* The page is full with what is better than this rank. */
static int cut_of(const ranked_t *ranked)
{
    int count = 0;
    int rank;

    for (rank = 0; rank < CCTV_RANK_COUNT && count < ranked->wanted; rank++) {
        count += ranked->ranks[rank].count;
    }
    return count < ranked->wanted ? CCTV_RANK_COUNT : rank - 1;
}

/* Whether a camera is on this page or a later one. */
static bool is_after(const cctv_filter_t *filter, int rank, int id)
{
    return !filter->has_rank
               ? id > filter->after
               : rank > filter->rank
                     || (rank == filter->rank && id > filter->after);
}

/* Add a camera; those of a rank come in the order of ids. @param match  of its
 * name or number. @return whether there is memory */
static bool add(ranked_t *ranked, int index, int match)
{
    const cctv_catalogue_t *c = ranked->search->catalogue;
    int rank = 2 * match + !cctv_tree_is_playable(c, c->slots[index]);
    cctv_hits_t *hits = &ranked->ranks[rank];

    if (rank >= ranked->cut
        || !is_after(ranked->search->filter, rank,
                     cctv_catalogue_id(c, index))) {
        return true;
    }
    if (!cctv_hits_reserve(hits, 1)) {
        return false;
    }
    hits->at[hits->count++] = index;
    ranked->cut = cut_of(ranked);
    return true;
}

/* @return whether there is memory */
static bool join(ranked_t *ranked, cctv_hits_t *out)
{
    bool is_whole = true;
    int rank;

    out->count = 0;
    for (rank = 0; rank < CCTV_RANK_COUNT; rank++) {
        cctv_hits_t *hits = &ranked->ranks[rank];
        int room = ranked->wanted - out->count;
        int count = hits->count < room ? hits->count : room;

        if (is_whole && count > 0) {
            is_whole = cctv_hits_reserve(out, count);
        }
        if (is_whole && count > 0) {
            memcpy(out->at + out->count, hits->at,
                   (size_t)count * sizeof *hits->at);
            out->count += count;
        }
        free(hits->at);
    }
    return is_whole;
}

static void begin(ranked_t *ranked, const cctv_search_t *search, int wanted)
{
    *ranked = (ranked_t){ .search = search,
                          .wanted = wanted,
                          .cut = CCTV_RANK_COUNT };
}

bool cctv_ranked_few(const cctv_search_t *search, int wanted,
                     cctv_hits_t *hits)
{
    ranked_t ranked;
    bool is_whole = true;
    int i;

    begin(&ranked, search, wanted);
    for (i = 0; i < hits->count && is_whole; i++) {
        is_whole = add(&ranked, hits->at[i],
                       cctv_names_judge(search, hits->at[i]));
    }
    return join(&ranked, hits) && is_whole;
}

/* The camera that has the number is found by its id. */
static bool add_number(ranked_t *ranked, int first)
{
    const cctv_search_t *search = ranked->search;
    const cctv_catalogue_t *c = search->catalogue;
    int index = search->words->id == 0
                    ? -1
                    : cctv_catalogue_find_here(c, search->words->id);

    return index < first || !cctv_tree_matches(search, c->slots[index])
           || add(ranked, index, CCTV_MATCH_EXACT);
}

bool cctv_ranked_all(const cctv_search_t *search, int first, int wanted,
                     cctv_hits_t *hits)
{
    const cctv_catalogue_t *c = search->catalogue;
    cctv_names_walk_t walk;
    ranked_t ranked;
    bool is_whole;
    bool is_number_due = search->words->id != 0;
    int index = 0;

    begin(&ranked, search, wanted);
    cctv_names_start(&walk, search, first);
    is_whole = true;
    while (is_whole && ranked.cut > 0) {
        index = cctv_names_next(&walk);
        if (is_number_due
            && (index < 0
                || cctv_catalogue_id(c, index) >= search->words->id)) {
            is_number_due = false;
            is_whole = add_number(&ranked, first);
        }
        if (index < 0) {
            break;
        }
        if (is_whole && cctv_catalogue_id(c, index) != search->words->id
            && cctv_tree_matches(search, c->slots[index])) {
            is_whole = add(&ranked, index, walk.match);
        }
        cctv_names_narrow(&walk, (ranked.cut - 1) / 2);
    }
    return join(&ranked, hits) && is_whole;
}
