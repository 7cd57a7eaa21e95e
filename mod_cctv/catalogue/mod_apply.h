/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_apply.h
 * @brief Reads the cameras that have changed into a file of changes.
 * Layer: httpd.
 */
#ifndef CCTV_CATALOGUE_MOD_APPLY_H
#define CCTV_CATALOGUE_MOD_APPLY_H

#include "catalogue/mod_places.h"
#include "catalogue/read.h"

#include "apr_errno.h"

#include <stdatomic.h>

/** What has changed since the last generation. */
typedef struct {
    const cctv_catalogue_place_t *place;
    const cctv_catalogue_t *last;
    const int *ids; /**< ascending */
    int count;
    const char *position; /**< in the journal, for the file */
} cctv_changes_t;

/**
 * Read the cameras, and write the file, as cctv_feed_apply() says.
 *
 * @param fd   -1: no file was needed, or on failure
 * @param why  written on failure: an English phrase; NULL: it is logged
 *             already, or the process ends
 */
apr_status_t cctv_changes_apply(const cctv_changes_t *changes,
                                const atomic_bool *is_stopped,
                                apr_pool_t *pool, int *fd, const char **why);

#endif
