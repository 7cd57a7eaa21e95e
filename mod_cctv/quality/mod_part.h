/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.h
 * @brief The quality part of the module.
 * Layer: httpd.
 */
#ifndef CCTV_QUALITY_MOD_PART_H
#define CCTV_QUALITY_MOD_PART_H

#include "core/mod_part.h"
#include "quality/quality.h"

extern const cctv_part_t cctv_quality_part;

/** @return the shared memory, which exists from post_config on. Thread-safe. */
const cctv_quality_t *cctv_quality(void);

typedef void cctv_quality_hook_t(const cctv_view_t *view,
                                 const cctv_quality_step_t *step);

/**
 * Call a function after each report that was counted, in the thread of its
 * request. Not thread-safe: call this before the process has threads.
 *
 * @param hook  NULL: none
 */
void cctv_quality_set_hook(cctv_quality_hook_t *hook);

#endif
