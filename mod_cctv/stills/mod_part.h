/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.h
 * @brief Still pictures as a part of the module.
 * Layer: httpd.
 */
#ifndef CCTV_STILLS_MOD_PART_H
#define CCTV_STILLS_MOD_PART_H

#include "core/mod_part.h"
#include "stills/memory.h"

extern const cctv_part_t cctv_stills_part;

/** The shared memory of the part, and the cache in it. */
cctv_stills_memory_t *cctv_stills_memory(void);
const cctv_still_cache_t *cctv_stills_cache(void);

#endif
