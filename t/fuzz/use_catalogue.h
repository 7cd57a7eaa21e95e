/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file use_catalogue.h
 * @brief Uses every function that reads a catalogue, for the fuzz target and for
 *        the unit tests.
 */
#ifndef USE_CATALOGUE_H
#define USE_CATALOGUE_H

#include "catalogue/answer.h"
#include "catalogue/status.h"
#include "clusters/answer.h"
#include "tiles/tile.h"

#include <stdlib.h>
#include <xxhash.h>

/* Give a file the right checksum. */
static inline void seal_catalogue(void *file, size_t size)
{
    cctv_catalogue_head_t *head = file;

    if (size >= sizeof *head) {
        head->content = XXH3_64bits(head + 1, size - sizeof *head);
        head->checksum = cctv_catalogue_checksum(head);
    }
}

static inline const char *no_next(void *context, int rank, int id)
{
    (void)context;
    (void)rank;
    (void)id;
    return "/next";
}

/* The cameras of its file, and of the changes. */
static inline int all_indexes(const cctv_catalogue_t *c)
{
    return c->count + (c->changes == NULL ? 0 : c->changes->count);
}

static inline void use_filter(apr_pool_t *pool, const cctv_catalogue_t *c,
                              const cctv_filter_t *filter)
{
    cctv_search_t search;
    cctv_json_t json;
    cctv_bbox_t box;
    int i;

    cctv_search_init(pool, c, filter, &search);
    cctv_answer_list(&search, no_next, NULL, &json);
    if (json.failed) {
        abort();
    }
    cctv_json_free(&json);
    cctv_search_count(&search);
    cctv_search_extent(&search, &box);
    for (i = 0; i < all_indexes(c); i++) {
        cctv_catalogue_matches(c, i, filter);
    }
}

static inline void use_map(apr_pool_t *pool, const cctv_catalogue_t *c,
                           const cctv_filter_t *filter)
{
    cctv_search_t search;
    cctv_json_t made;

    cctv_search_init(pool, c, filter, &search);
    cctv_clusters_answer(&search, 0, NULL, &made);
    if (made.failed) {
        abort();
    }
    cctv_json_free(&made);
    cctv_tile_make(&search, &(cctv_tile_t){ 1, 1, 0 }, &made);
    if (made.failed) {
        abort();
    }
    cctv_json_free(&made);
}

/* Read all of a catalogue with its statuses. */
static inline void read_catalogue(apr_pool_t *pool, cctv_catalogue_t *c)
{
    cctv_filter_t filters[] = {
        { .limit = 10 },
        { .limit = 1000, .words = cctv_words_make(pool, "a") },
        { .limit = 1000, .words = cctv_words_make(pool, "a b 1") },
        { .limit = 3, .words = cctv_words_make(pool, "1") },
        { .limit = 1000, .status = "online" },
        { .limit = 1000, .has_playable = true },
        { .limit = 1000, .has_bbox = true, .bbox = { -10, -10, 60, 60 } },
        { .limit = 1000, .has_bbox = true, .bbox = { 170, -90, -100, 90 } },
        { .limit = 5, .has_near = true, .near_lng = 179, .near_lat = 89 }
    };
    cctv_catalogue_walk_t walk = { 0, 0 };
    size_t i;
    int index;

    for (i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        use_filter(pool, c, &filters[i]);
    }
    use_map(pool, c, &filters[0]);
    use_map(pool, c, &filters[4]);
    while (cctv_catalogue_next(c, &walk) >= 0) {
    }
    for (index = 0; index < all_indexes(c); index++) {
        cctv_json_t json;

        cctv_statuses_set(
            c, index,
            (cctv_camera_state_t){ (cctv_camera_status_t)(index % 3), index });
        cctv_answer_item(c, index, &filters[0], &json);
        cctv_json_free(&json);
        cctv_catalogue_streams(c, index);
        cctv_catalogue_role(c, index);
    }
}

/* Read all of an opened catalogue. */
static inline void use_catalogue(apr_pool_t *pool, cctv_catalogue_t *c)
{
    void *statuses = calloc(1, cctv_statuses_size(c));

    cctv_statuses_init(c, statuses);
    read_catalogue(pool, c);
    free(statuses);
}

#endif
