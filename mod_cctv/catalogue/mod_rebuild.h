/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_rebuild.h
 * @brief Reads the whole table of cameras into the file of a new generation.
 * Layer: httpd.
 */
#ifndef CCTV_CATALOGUE_MOD_REBUILD_H
#define CCTV_CATALOGUE_MOD_REBUILD_H

#include "catalogue/mod_places.h"

#include <stdatomic.h>
#include <stdbool.h>

/**
 * Read something that changes with the table: the numbers of rows that
 * PostgreSQL has counted as inserted, updated and deleted. Costs nothing,
 * whatever the size of the table is.
 *
 * @param out  written on success; never 0
 * @return false: the database does not answer, which is logged
 */
bool cctv_rebuild_fingerprint(const cctv_catalogue_place_t *place,
                              apr_pool_t *pool, uint64_t *out);

/**
 * Read all cameras, and write the file.
 *
 * @param is_stopped  set when the process ends
 * @param why         written on failure: an English phrase; NULL: it is logged
 *                    already, or the process ends
 */
apr_status_t cctv_rebuild(const cctv_catalogue_place_t *place, int fd,
                          const atomic_bool *is_stopped, apr_pool_t *pool,
                          const char **why);

#endif
