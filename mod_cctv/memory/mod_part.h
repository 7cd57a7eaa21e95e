/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.h
 * @brief The shared memory as a part of the module.
 * Layer: httpd.
 *
 * The segment is made at the first start, inherited by every child, and kept
 * over graceful and full reloads. The state file is read and written by
 * processes of the unprivileged user only: at a start and at the end by one
 * that the parent forks for it, in between by the child that runs the tasks.
 */
#ifndef CCTV_MEMORY_MOD_PART_H
#define CCTV_MEMORY_MOD_PART_H

#include "core/mod_part.h"
#include "memory/segment.h"

extern const cctv_part_t cctv_memory_part;

/** The segment of this server; from post_config on, the same for as long as
 *  the process lives. */
const cctv_segment_t *cctv_memory(void);

/** Keyed hash with the key of this server; see cctv_segment_keyed_hash(). */
uint64_t cctv_keyed_hash(const void *data, size_t len);

#endif
