/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file pulls.c
 * @brief Which Janus servers are connected to a camera, in shared memory.
 * Layer: pure.
 */
#include "video/pulls.h"

#define STREAM(word) ((int32_t)(uint32_t)((word) >> 32))

/* The numbers of cameras follow one another, so the lowest bits spread them
 * best; second streams have negative keys. */
static uint32_t index_of(int32_t stream)
{
    return ((uint32_t)stream ^ (uint32_t)stream >> 15) % CCTV_PULLS_SIZE;
}

static uint64_t word_of(int32_t stream, uint32_t places)
{
    return places == 0 ? 0 : (uint64_t)(uint32_t)stream << 32 | places;
}

static uint32_t places_of(uint64_t word, int32_t stream)
{
    return STREAM(word) == stream ? (uint32_t)word : 0;
}

uint32_t cctv_pulls_find(const cctv_pulls_t *pulls, int32_t stream)
{
    return places_of(atomic_load_explicit(&pulls->words[index_of(stream)],
                                          memory_order_relaxed),
                     stream);
}

void cctv_pulls_add(cctv_pulls_t *pulls, int32_t stream, int place)
{
    _Atomic uint64_t *at = &pulls->words[index_of(stream)];
    uint64_t word = atomic_load_explicit(at, memory_order_relaxed);
    uint64_t made;

    do {
        made = word_of(stream, places_of(word, stream) | UINT32_C(1) << place);
    } while (made != word
             && !atomic_compare_exchange_weak_explicit(
                 at, &word, made, memory_order_relaxed, memory_order_relaxed));
}

void cctv_pulls_remove(cctv_pulls_t *pulls, int32_t stream, int place)
{
    _Atomic uint64_t *at = &pulls->words[index_of(stream)];
    uint64_t word = atomic_load_explicit(at, memory_order_relaxed);

    while (
        (places_of(word, stream) >> place & 1) != 0
        && !atomic_compare_exchange_weak_explicit(
            at, &word,
            word_of(stream, places_of(word, stream) & ~(UINT32_C(1) << place)),
            memory_order_relaxed, memory_order_relaxed)) {
    }
}
