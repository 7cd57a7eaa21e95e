/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file ids.h
 * @brief Which cameras there are, asked before mod_dbd has its pool.
 * Layer: pure.
 */
#ifndef CCTV_CAMERAS_IDS_H
#define CCTV_CAMERAS_IDS_H

#include "core/clock.h"

#include <stddef.h>
#include <stdint.h>

/**
 * The ids of all cameras, ascending, over a connection of its own.
 *
 * @param params  a connection string of libpq; NULL: no database
 * @param count   written on success
 * @return for free(); NULL: the database does not say
 * To be called in a process that ends soon: libpq must not be carried over a
 * fork.
 */
int32_t *cctv_camera_ids(const char *params, cctv_time_t deadline,
                         size_t *count);

#endif
