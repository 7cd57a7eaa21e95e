/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file unreached.h
 * @brief Which Janus servers could not connect to a camera that another one
 *        receives, in shared memory.
 * Layer: pure.
 *
 * Such a server is not tried again for CCTV_UNREACHED_FOR. A word has a stream
 * of a camera (its key in failures.h; 32 bits), the place of the server
 * (janus_region.h; 5 bits) and the time (27 bits, s). Both together name their
 * word, and the last that came takes it. So these are hints: if one is missing,
 * a viewer waits once more for a server that cannot reach its camera.
 *
 * All functions are thread-safe, safe between processes, and never block.
 */
#ifndef CCTV_VIDEO_UNREACHED_H
#define CCTV_VIDEO_UNREACHED_H

#include "core/clock.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define CCTV_UNREACHED_SIZE 4096

/** µs */
#define CCTV_UNREACHED_FOR 60000000

/** All zero: nothing is known. */
typedef struct {
    _Atomic uint64_t words[CCTV_UNREACHED_SIZE];
} cctv_unreached_t;

/** Note that a server could not connect to a camera.
 *  @param stream  not 0
 *  @param place   0 ≤ place < 32 */
void cctv_unreached_note(cctv_unreached_t *unreached, int32_t stream,
                         int place, cctv_time_t now);

/** @return whether a server could not connect to a camera lately */
bool cctv_unreached_has(const cctv_unreached_t *unreached, int32_t stream,
                        int place, cctv_time_t now);

#endif
