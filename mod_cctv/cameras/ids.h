/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file ids.h
 * @brief Reads the ids of all cameras before mod_dbd has its pool.
 * Layer: pure.
 */
#ifndef CCTV_CAMERAS_IDS_H
#define CCTV_CAMERAS_IDS_H

#include "core/clock.h"

#include <stddef.h>
#include <stdint.h>

/**
 * Read the ids of all cameras in ascending order, over a connection of its
 * own. Call it only in a process that ends soon, because libpq must not be
 * used across a fork.
 *
 * @param params  a connection string of libpq; NULL: there is no database
 * @param count   written on success
 * @return free() it; NULL: the database does not answer
 */
int32_t *cctv_camera_ids(const char *params, cctv_time_t deadline,
                         size_t *count);

#endif
