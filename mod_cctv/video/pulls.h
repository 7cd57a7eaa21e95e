/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file pulls.h
 * @brief Which Janus servers are connected to a camera, in shared memory.
 * Layer: pure.
 *
 * A word has a stream of a camera (its key in failures.h; 32 bits) and a bit
 * for each place of a server (janus_region.h). The key names its word, and the
 * last stream that came takes it. So these are hints: if one is missing, a
 * camera may be pulled once more than needed.
 *
 * A request that starts a view adds its server, and the keeper of each server
 * does so with each list of the mountpoints, and removes what is gone. Without
 * several servers nothing is noted.
 *
 * All functions are thread-safe, safe between processes, and never block.
 */
#ifndef CCTV_VIDEO_PULLS_H
#define CCTV_VIDEO_PULLS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define CCTV_PULLS_SIZE 32768

/** All zero: nothing is known. */
typedef struct {
    _Atomic uint64_t words[CCTV_PULLS_SIZE];
} cctv_pulls_t;

/** @param stream  not 0
 *  @return a bit for each place of a server that is connected */
uint32_t cctv_pulls_find(const cctv_pulls_t *pulls, int32_t stream);

/** @param place  0 ≤ place < 32 */
void cctv_pulls_add(cctv_pulls_t *pulls, int32_t stream, int place);

void cctv_pulls_remove(cctv_pulls_t *pulls, int32_t stream, int place);

#endif
