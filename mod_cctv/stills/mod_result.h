/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_result.h
 * @brief Notes what came of a fetch: the picture, or why there is none.
 * Layer: httpd.
 */
#ifndef CCTV_STILLS_MOD_RESULT_H
#define CCTV_STILLS_MOD_RESULT_H

#include "stills/fetch.h"
#include "stills/memory.h"

#include "httpd.h"

/** Keep the picture of a fetch, or note its failure, and ring. */
void cctv_result_note(cctv_stills_memory_t *memory, cctv_still_cache_t *cache,
                      const cctv_fetch_t *fetch);

/** Note that a camera has no picture, for a reason that is known without
 *  asking it. */
void cctv_result_note_failure(cctv_stills_memory_t *memory, uint64_t database,
                              int32_t camera, cctv_failure_t why,
                              const char *hint);

/** Note that nothing is known about a camera, and ring. */
void cctv_result_give_up(cctv_stills_memory_t *memory, uint64_t database,
                         int32_t camera);

/** The keyed hash of a camera's address and its login; not 0.
 *  @param user, password  NULL: there is no login */
uint32_t cctv_result_hash(const char *url, const char *user,
                          const char *password);

#endif
