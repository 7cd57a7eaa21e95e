/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_rebuild.h
 * @brief Reads the whole table of cameras into the file of a new generation.
 * Layer: httpd.
 */
#ifndef CCTV_CATALOGUE_MOD_REBUILD_H
#define CCTV_CATALOGUE_MOD_REBUILD_H

#include "catalogue/mod_places.h"
#include "catalogue/read.h"

#include <stdatomic.h>
#include <stdbool.h>

/**
 * Read all cameras, and write the file.
 *
 * @param last        the current generation, whose statuses are kept up to date
 *                    meanwhile; NULL: there is none
 * @param is_stopped  set when the process ends
 * @param spent       written: the processor time of other threads for it: µs
 * @param why         written on failure: an English phrase; NULL: it is logged
 *                    already, or the process ends
 */
apr_status_t cctv_rebuild(const cctv_catalogue_place_t *place,
                          const cctv_catalogue_t *last, int fd,
                          const atomic_bool *is_stopped, apr_pool_t *pool,
                          int64_t *spent, const char **why);

#endif
