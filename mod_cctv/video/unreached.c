/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file unreached.c
 * @brief Which Janus servers could not connect to a camera that another one
 *        receives, in shared memory.
 * Layer: pure.
 */
#include "video/unreached.h"

#define SECOND     1000000
#define TIME_BITS  27
#define PLACE_BITS 5
#define TIME_MASK  ((UINT64_C(1) << TIME_BITS) - 1)

/* The stream and the place, above the bits of the time. */
static uint64_t pair_of(int32_t stream, int place)
{
    return ((uint64_t)(uint32_t)stream << PLACE_BITS | (unsigned)place)
           << TIME_BITS;
}

static uint32_t index_of(uint64_t pair)
{
    return (uint32_t)((pair * UINT64_C(0x9e3779b97f4a7c15)) >> 32)
           % CCTV_UNREACHED_SIZE;
}

void cctv_unreached_note(cctv_unreached_t *unreached, int32_t stream,
                         int place, cctv_time_t now)
{
    uint64_t pair = pair_of(stream, place);

    atomic_store_explicit(&unreached->words[index_of(pair)],
                          pair | ((uint64_t)now / SECOND & TIME_MASK),
                          memory_order_relaxed);
}

bool cctv_unreached_has(const cctv_unreached_t *unreached, int32_t stream,
                        int place, cctv_time_t now)
{
    uint64_t pair = pair_of(stream, place);
    uint64_t word = atomic_load_explicit(&unreached->words[index_of(pair)],
                                         memory_order_relaxed);
    uint64_t ago = ((uint64_t)now / SECOND - word) & TIME_MASK;

    return (word & ~TIME_MASK) == pair && ago < CCTV_UNREACHED_FOR / SECOND;
}
