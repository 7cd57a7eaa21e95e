/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.h
 * @brief The views part of the module.
 * Layer: httpd.
 */
#ifndef CCTV_VIEWS_MOD_PART_H
#define CCTV_VIEWS_MOD_PART_H

#include "core/mod_part.h"
#include "views/views.h"

extern const cctv_part_t cctv_views_part;

/** @return views and series in shared memory. They exist from post_config on;
 *  the pointer stays the same as long as the process lives. Thread-safe. */
cctv_views_t *cctv_views(void);

#endif
