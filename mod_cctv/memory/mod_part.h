/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.h
 * @brief The shared memory as a part of the module.
 * Layer: httpd.
 *
 * The segment is created at the first start, inherited by every child, and
 * kept over graceful and full reloads. Only processes of the unprivileged user
 * read and write the state file. At a start and at the end the parent forks
 * such a process; in between the child that runs the background tasks does it.
 */
#ifndef CCTV_MEMORY_MOD_PART_H
#define CCTV_MEMORY_MOD_PART_H

#include "core/mod_part.h"
#include "memory/segment.h"

extern const cctv_part_t cctv_memory_part;

/**
 * The segment of this server. Valid from post_config on; the same for the
 * whole life of the process.
 */
const cctv_segment_t *cctv_memory(void);

/**
 * Compute a keyed hash with the key of this server; see
 * cctv_segment_keyed_hash().
 */
uint64_t cctv_keyed_hash(const void *data, size_t len);

#endif
