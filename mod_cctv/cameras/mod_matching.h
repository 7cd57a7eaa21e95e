/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_matching.h
 * @brief Asks the database about all cameras that match a filter, whatever
 *        `after` and `limit` are.
 * Layer: httpd.
 */
#ifndef CCTV_CAMERAS_MOD_MATCHING_H
#define CCTV_CAMERAS_MOD_MATCHING_H

#include "cameras/extent.h"
#include "cameras/filter.h"
#include "database/mod_visit.h"

/**
 * Count them, if that is asked for.
 *
 * @param matched  written: their number; -1: it is not asked for
 * @return OK or an HTTP status, already logged if necessary
 */
int cctv_matching_count(cctv_visit_t *visit, const cctv_filter_t *filter,
                        int *matched);

/**
 * Find the box around them, if that is asked for.
 *
 * @param out  written: their extent; of none: it is not asked for, or no camera
 *             matches
 * @return as cctv_matching_count()
 */
int cctv_matching_extent(cctv_visit_t *visit, const cctv_filter_t *filter,
                         cctv_extent_t *out);

#endif
