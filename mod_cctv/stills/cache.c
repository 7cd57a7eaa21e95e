/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file cache.c
 * @brief The pictures that were fetched last, in shared memory of a fixed size.
 * Layer: pure.
 */
#include "stills/cache.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#define LINE 64
#define WORD sizeof(uint64_t)

/* Entries in a line of the index. A camera can be in any of one line. */
#define WAYS 8

/* There is an entry of the index for so many bytes of the ring. */
#define BYTES_PER_ENTRY 4096

static uint32_t lines_of(uint32_t megabytes)
{
    return (uint32_t)(((uint64_t)megabytes << 20) / BYTES_PER_ENTRY / WAYS);
}

size_t cctv_still_cache_size(uint32_t megabytes)
{
    return LINE + (size_t)lines_of(megabytes) * WAYS * WORD
           + ((size_t)megabytes << 20);
}

void cctv_still_cache_open(cctv_still_cache_t *cache, void *memory,
                           uint32_t megabytes)
{
    cache->lines = lines_of(megabytes);
    cache->size = (uint64_t)megabytes << 20;
    cache->head = memory;
    cache->index = cache->head + LINE / WORD;
    cache->ring = cache->index + (size_t)cache->lines * WAYS;
}

/* ---- The ring ---- */

static uint64_t to_line(uint64_t size)
{
    return (size + LINE - 1) / LINE * LINE;
}

/* Take contiguous room. @return where it starts */
static uint64_t take(cctv_still_cache_t *cache, uint64_t size)
{
    uint64_t head = atomic_load(cache->head);
    uint64_t start;

    do {
        uint64_t left = cache->size - head % cache->size;

        start = left < size ? head + left : head;
    } while (!atomic_compare_exchange_weak(cache->head, &head, start + size));
    return start;
}

/* Whether what started here may be there still. */
static bool is_kept(const cctv_still_cache_t *cache, uint64_t start)
{
    return atomic_load(cache->head) - start <= cache->size;
}

/* Word by word, since another process may write to the same place. */
static void copy_in(cctv_still_cache_t *cache, uint64_t at, const void *from,
                    size_t length)
{
    _Atomic uint64_t *out = cache->ring + at % cache->size / WORD;
    const char *in = from;

    for (; length > 0; out++) {
        size_t n = length < WORD ? length : WORD;
        uint64_t word = 0;

        memcpy(&word, in, n);
        atomic_store_explicit(out, word, memory_order_relaxed);
        in += n;
        length -= n;
    }
}

static void copy_out(const cctv_still_cache_t *cache, uint64_t at, void *to,
                     size_t length)
{
    const _Atomic uint64_t *in = cache->ring + at % cache->size / WORD;
    char *out = to;

    for (; length > 0; in++) {
        size_t n = length < WORD ? length : WORD;
        uint64_t word = atomic_load_explicit(in, memory_order_relaxed);

        memcpy(out, &word, n);
        out += n;
        length -= n;
    }
}

/* ---- What is known about a picture ---- */

static uint64_t check_of(const cctv_still_t *still)
{
    return XXH3_64bits(still, offsetof(cctv_still_t, check));
}

/* Read what is known about the picture that starts here. */
static bool read_head(const cctv_still_cache_t *cache, uint64_t start,
                      cctv_still_t *out)
{
    if (!is_kept(cache, start)) {
        return false;
    }
    copy_out(cache, start, out, sizeof *out);
    return out->check == check_of(out) && out->at == start
           && is_kept(cache, start);
}

static uint64_t line_of(const cctv_still_cache_t *cache, int32_t camera)
{
    /* Fibonacci hashing, since camera ids are mostly consecutive. */
    uint64_t hash = (uint64_t)(uint32_t)camera * UINT64_C(0x9e3779b97f4a7c15);

    return (hash >> 32) % cache->lines * WAYS;
}

/* An entry of the index is where a picture starts, and 1. */
static bool read_entry(const cctv_still_cache_t *cache, uint64_t entry,
                       cctv_still_t *out)
{
    return entry != 0 && read_head(cache, entry - 1, out);
}

/* Choose the entry for a picture: that of the camera's last one, or else the
 * oldest. @param old  gets what it contains */
static _Atomic uint64_t *choose(cctv_still_cache_t *cache,
                                const cctv_still_t *still, uint64_t *old)
{
    _Atomic uint64_t *line = cache->index + line_of(cache, still->camera);
    int chosen = 0;
    int i;

    *old = UINT64_MAX;
    for (i = 0; i < WAYS; i++) {
        uint64_t entry = atomic_load(&line[i]);
        cctv_still_t other;

        if (read_entry(cache, entry, &other) && other.camera == still->camera
            && other.database == still->database) {
            *old = entry;
            return &line[i];
        }
        if (entry < *old) {
            *old = entry;
            chosen = i;
        }
    }
    return &line[chosen];
}

bool cctv_still_cache_put(cctv_still_cache_t *cache, cctv_still_t *still,
                          const char *picture)
{
    uint64_t size = to_line(sizeof *still + still->length);
    _Atomic uint64_t *entry;
    uint64_t old;

    if (size > cache->size / 2) {
        return false;
    }
    still->content = XXH3_64bits(picture, still->length);
    still->at = take(cache, size);
    still->check = check_of(still);
    atomic_thread_fence(memory_order_release);
    copy_in(cache, still->at, still, sizeof *still);
    copy_in(cache, still->at + sizeof *still, picture, still->length);
    do {
        entry = choose(cache, still, &old);
    } while (!atomic_compare_exchange_strong(entry, &old, still->at + 1));
    return true;
}

bool cctv_still_cache_find(const cctv_still_cache_t *cache, uint64_t database,
                           int32_t camera, cctv_still_t *out)
{
    const _Atomic uint64_t *line = cache->index + line_of(cache, camera);
    bool is_found = false;
    int i;

    for (i = 0; i < WAYS; i++) {
        cctv_still_t still;

        if (read_entry(cache, atomic_load(&line[i]), &still)
            && still.camera == camera && still.database == database
            && (!is_found || still.fetched > out->fetched)) {
            *out = still;
            is_found = true;
        }
    }
    return is_found;
}

char *cctv_still_cache_copy(const cctv_still_cache_t *cache,
                            const cctv_still_t *still)
{
    char *copy = malloc(still->length);

    if (copy == NULL) {
        return NULL;
    }
    copy_out(cache, still->at + sizeof *still, copy, still->length);
    atomic_thread_fence(memory_order_acquire);
    if (!is_kept(cache, still->at)
        || XXH3_64bits(copy, still->length) != still->content) {
        free(copy);
        return NULL;
    }
    return copy;
}
