/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_publish.h
 * @brief Makes a file the current generation of a catalogue.
 * Layer: httpd.
 *
 * For the thread of the refresher.
 */
#ifndef CCTV_CATALOGUE_MOD_PUBLISH_H
#define CCTV_CATALOGUE_MOD_PUBLISH_H

#include "catalogue/files.h"
#include "catalogue/mod_places.h"
#include "catalogue/read.h"

/** Log the first failure in a row to make a generation, and its end.
 *  @param why  an English phrase */
void cctv_publish_tell(const cctv_catalogue_place_t *place, apr_status_t rv,
                       const char *why);

/** A number for a file that is made meanwhile: generations get greater ones. */
uint64_t cctv_publish_reserve(const cctv_catalogue_place_t *place);

/**
 * Publish a file of cctv_files_create(), remove older ones, and tell the
 * listener.
 *
 * @param before  the generation before; NULL: there is none
 * @param base    the number of the file's base; 0: it is one
 * @param ids     the cameras that may differ; NULL: any may
 * @return held until pool is cleared; NULL: it cannot be used, which is logged
 */
const cctv_catalogue_t *cctv_publish(const cctv_catalogue_place_t *place,
                                     const cctv_catalogue_t *before, int fd,
                                     uint64_t base, const int *ids, int count,
                                     apr_pool_t *pool);

/** Remove what processes that were killed have left. */
void cctv_publish_clean(const cctv_catalogue_place_t *place);

#endif
