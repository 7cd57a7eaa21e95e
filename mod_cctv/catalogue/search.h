/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file search.h
 * @brief Finds the cameras of a filter in a catalogue.
 * Layer: pure.
 */
#ifndef CCTV_CATALOGUE_SEARCH_H
#define CCTV_CATALOGUE_SEARCH_H

#include "catalogue/read.h"

#include "apr_pools.h"

/** A filter, prepared for one catalogue. Private to search.c, near.c. */
typedef struct cctv_search_t {
    const cctv_catalogue_t *catalogue;
    const cctv_filter_t *filter;
    bool is_empty;             /**< whether no camera can match */
    bool has_roles;            /**< whether roles are restricted */
    uint64_t some;             /**< bits of roles of which some may match */
    uint64_t all;              /**< bits of roles that all match */
    const uint64_t *roles;     /**< a bit for each role of the dictionary */
    int status;                /**< cctv_camera_status_t; -1: any */
    const cctv_words_t *words; /**< NULL: any name */
    /** The same for the file of changes of the catalogue; NULL: there is
     *  none. All else is of the base alone. */
    const struct cctv_search_t *changes;
} cctv_search_t;

/** In one file: the number of a role in the dictionary; -1: no camera has it.
 *  Thread-safe. */
int64_t cctv_catalogue_find_role(const cctv_catalogue_t *catalogue,
                                 const char *name);

/**
 * Prepare a search.
 *
 * @param pool    owns what the search needs
 * @param filter  has to live as long
 */
void cctv_search_init(apr_pool_t *pool, const cctv_catalogue_t *catalogue,
                      const cctv_filter_t *filter, cctv_search_t *out);

/**
 * Whether a camera matches: its box, roles, status and text; `after`, `limit`
 * and `near` are ignored.
 */
bool cctv_search_matches(const cctv_search_t *search, int index);

/**
 * As cctv_search_matches(), for one camera and without preparation. Allocates
 * nothing.
 */
bool cctv_catalogue_matches(const cctv_catalogue_t *catalogue, int index,
                            const cctv_filter_t *filter);

/**
 * Find the first filter->limit cameras that match and have an id greater than
 * filter->after, in the order of ids; with words in the order of
 * cameras/words.h, from where filter->rank and filter->after say.
 *
 * @param out     their indexes; free() it; written only on success
 * @param is_cut  whether more cameras follow
 * @return their number; -1: there is no memory
 */
int cctv_search_page(const cctv_search_t *search, int **out, bool *is_cut);

/** The rank of a camera that matches (cameras/words.h); -1: there are no
 *  words. */
int cctv_search_rank(const cctv_search_t *search, int index);

/** Count all cameras that match, whatever `after` and `limit` are. */
int cctv_search_count(const cctv_search_t *search);

/**
 * Find the smallest box around all cameras that match, whatever `after` and
 * `limit` are. @return false: there is none
 */
bool cctv_search_extent(const cctv_search_t *search, cctv_bbox_t *out);

/** A camera and its distance. */
typedef struct {
    double distance; /**< metres on the sphere */
    int index;
} cctv_near_t;

/**
 * Find the filter->limit cameras that match and are nearest to filter->near,
 * from the nearest; of cameras at the same distance the one with the smaller id
 * comes first.
 *
 * @param out  free() it; written only on success
 * @return as cctv_search_page()
 */
int cctv_search_near(const cctv_search_t *search, cctv_near_t **out);

#endif
