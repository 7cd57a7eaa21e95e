/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_base.h
 * @brief Makes a new base of a catalogue when there are many changes.
 * Layer: httpd.
 *
 * For the thread of the refresher; mod_merge.h does the work.
 */
#ifndef CCTV_CATALOGUE_MOD_BASE_H
#define CCTV_CATALOGUE_MOD_BASE_H

#include "catalogue/mod_places.h"
#include "catalogue/read.h"

/** Start to make a new base of the current generation, if it is time to. */
void cctv_base_start(const cctv_catalogue_place_t *place,
                     const cctv_catalogue_t *last);

/** If a new base was finished, publish a generation with it. @return the
 *  current generation: it, or `last` */
const cctv_catalogue_t *cctv_base_take(const cctv_catalogue_place_t *place,
                                       const cctv_catalogue_t *last,
                                       apr_pool_t *pool);

#endif
