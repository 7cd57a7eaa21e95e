/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file names.h
 * @brief Finds words in the names of a catalogue.
 * Layer: pure.
 */
#ifndef CCTV_CATALOGUE_NAMES_H
#define CCTV_CATALOGUE_NAMES_H

#include "catalogue/search.h"

/**
 * How well a camera matches the words of a search, by its name or its number.
 * @return a cctv_match_t or CCTV_MATCH_NONE (cameras/words.h)
 */
int cctv_names_judge(const cctv_search_t *search, int index);

/** Whether a camera has the words of a search; true without words. */
bool cctv_names_match(const cctv_search_t *search, int index);

/** Whether a camera matches a search by its number, but not by its name. */
bool cctv_names_has_number(const cctv_search_t *search);

/** Where a search through all names stands. */
typedef struct {
    const cctv_search_t *search;
    const char *name; /**< the next name to look at */
    const char *end;
    int index;
    int match; /**< of the camera that was found last */
    int worst; /**< only matches that are at least as good are looked for */
} cctv_names_walk_t;

/** @param first  the index of the first camera to look at */
void cctv_names_start(cctv_names_walk_t *walk, const cctv_search_t *search,
                      int first);

/** From now on, look only for matches that are at least so good. */
static inline void cctv_names_narrow(cctv_names_walk_t *walk, int worst)
{
    walk->worst = worst;
}

/**
 * Find the next camera whose name has the words, in the order of ids, whatever
 * else is asked for. @return its index; -1: there is none
 */
int cctv_names_next(cctv_names_walk_t *walk);

#endif
