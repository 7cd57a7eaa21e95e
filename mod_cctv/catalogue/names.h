/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file names.h
 * @brief Finds text in the names of a catalogue.
 * Layer: pure.
 */
#ifndef CCTV_CATALOGUE_NAMES_H
#define CCTV_CATALOGUE_NAMES_H

#include "catalogue/search.h"

/** Whether the name of a camera has the text of a search; true without one. */
bool cctv_names_match(const cctv_search_t *search, int index);

/** Where a search through all names stands. */
typedef struct {
    const cctv_search_t *search;
    const char *name; /**< the next name to look at */
    const char *end;
    int index;
} cctv_names_walk_t;

/** @param first  the index of the first camera to look at */
void cctv_names_start(cctv_names_walk_t *walk, const cctv_search_t *search,
                      int first);

/**
 * Find the next camera that matches the search, including its text, in the
 * order of ids. @return its index; -1: there is none
 */
int cctv_names_next(cctv_names_walk_t *walk);

#endif
