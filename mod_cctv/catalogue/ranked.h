/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file ranked.h
 * @brief The page of a search with words: the cameras by rank, then by id.
 * Layer: pure.
 */
#ifndef CCTV_CATALOGUE_RANKED_H
#define CCTV_CATALOGUE_RANKED_H

#include "catalogue/tree.h"

/**
 * Keep the first cameras of a page.
 *
 * @param hits  cameras that match, in the order of ids; replaced by the first
 *              `wanted` of them in the order of cameras/words.h
 * @return false: there is no memory
 */
bool cctv_ranked_few(const cctv_search_t *search, int wanted,
                     cctv_hits_t *hits);

/**
 * As cctv_ranked_few(), out of all cameras. What can no longer be on the page
 * is not looked for, so a text that very many names have takes no longer.
 *
 * @param first  only cameras with this index or a greater one
 */
bool cctv_ranked_all(const cctv_search_t *search, int first, int wanted,
                     cctv_hits_t *hits);

#endif
