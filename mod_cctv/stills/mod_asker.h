/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_asker.h
 * @brief Has pictures fetched for a process: asks the database where they come
 *        from, and passes that on to the fetcher.
 * Layer: httpd.
 *
 * Two threads do this, so that no request waits for it: one for the database,
 * one for all cameras. They are started when the first picture is asked for.
 */
#ifndef CCTV_STILLS_MOD_ASKER_H
#define CCTV_STILLS_MOD_ASKER_H

#include "stills/memory.h"

#include "httpd.h"

/** Hook child_init. @param memory, cache  live as long as the process */
void cctv_asker_child_init(apr_pool_t *pchild, cctv_stills_memory_t *memory,
                           cctv_still_cache_t *cache);

/**
 * Have the picture of a camera fetched. The caller has claimed it
 * (cctv_failures_attempt() with CCTV_ATTEMPT_YOURS); the result is noted there
 * and in the cache, and rings the bell of the camera.
 *
 * @param s  whose database has the camera
 * @return false: the claim is still the caller's, since too many pictures are
 *         asked for, or the process ends
 */
bool cctv_asker_ask(server_rec *s, uint64_t database, int32_t camera);

#endif
