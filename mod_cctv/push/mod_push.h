/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_push.h
 * @brief The shared memory of the push part, and this process's place in it.
 * Layer: httpd.
 */
#ifndef CCTV_PUSH_MOD_PUSH_H
#define CCTV_PUSH_MOD_PUSH_H

#include "push/memory.h"

#include "httpd.h"

#include <stdbool.h>

const cctv_push_t *cctv_push(void);

/** The same, as the context of a scrape. */
void *cctv_push_context(void);

/**
 * Count a stream of this process in. If it may not start, the reason is
 * counted. Thread-safe.
 */
bool cctv_push_enter(const server_rec *s, cctv_carrier_t carrier);

void cctv_push_leave(cctv_carrier_t carrier);

/** The number of streams of this process. */
int cctv_push_streams(cctv_carrier_t carrier);

/** Set up the memory: cctv_part_t.memory_opened. */
void cctv_push_memory_opened(const cctv_segment_t *segment);

#endif
