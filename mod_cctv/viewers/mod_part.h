/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.h
 * @brief The viewers part: who may not watch for now, and the names of those
 *        who watch.
 * Layer: httpd.
 */
#ifndef CCTV_VIEWERS_MOD_PART_H
#define CCTV_VIEWERS_MOD_PART_H

#include "core/mod_part.h"
#include "viewers/memory.h"

extern const cctv_part_t cctv_viewers_part;

/** @return the shared memory, which exists from post_config on. Thread-safe. */
cctv_viewers_t *cctv_viewers(void);

/** Set for how many views the names of their users are kept; 0: names are not
 *  kept. Call it in the hook check_config. It holds from the next full start
 *  on. */
void cctv_viewers_keep_names(uint32_t max);

#endif
