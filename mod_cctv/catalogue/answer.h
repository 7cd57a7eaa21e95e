/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file answer.h
 * @brief Writes answers out of a catalogue.
 * Layer: pure.
 */
#ifndef CCTV_CATALOGUE_ANSWER_H
#define CCTV_CATALOGUE_ANSWER_H

#include "catalogue/search.h"
#include "json/writer.h"

/**
 * Make the address of the page after a camera. @param context  of the caller
 * @param rank  of the camera; -1: there are no words (cameras/words.h)
 */
typedef const char *cctv_answer_next_t(void *context, int rank, int id);

/**
 * Write the FeatureCollection of a search, byte for byte as from the database.
 * If the filter has a point, these are the nearest cameras, each with its
 * `distance`.
 *
 * @param json  started here; `failed` is set if there is no memory
 */
void cctv_answer_list(const cctv_search_t *search, cctv_answer_next_t *next,
                      void *context, cctv_json_t *json);

/** Write the Feature of one camera, as cctv_answer_list(). @param filter  has
 *  the addresses of its links */
void cctv_answer_item(const cctv_catalogue_t *catalogue, int index,
                      const cctv_filter_t *filter, cctv_json_t *json);

#endif
