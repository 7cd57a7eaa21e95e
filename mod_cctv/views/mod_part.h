/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.h
 * @brief Views as a part of the module.
 * Layer: httpd.
 */
#ifndef CCTV_VIEWS_MOD_PART_H
#define CCTV_VIEWS_MOD_PART_H

#include "core/mod_part.h"
#include "views/views.h"

extern const cctv_part_t cctv_views_part;

/** Views and series in shared memory; from post_config on, the same for as
 *  long as the process lives. */
cctv_views_t *cctv_views(void);

/** Now. */
cctv_moment_t cctv_moment_now(void);

#endif
