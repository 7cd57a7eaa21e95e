/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file viewer_counts.c
 * @brief Viewer counts: how many views of each camera are watched, in shared
 *        memory.
 * Layer: pure.
 */
#include "views/viewer_counts.h"

#include "views/view_media.h"

#define LINE 64

/* The entries that one mark stands for. */
#define BLOCK 512

#define ENTRY(camera, count) ((uint64_t)(uint32_t)(camera) << 32 | (count))
#define CAMERA(entry)        ((int32_t)((entry) >> 32))
#define COUNT(entry)         ((uint32_t)(entry))

/* There have to be more entries than watched cameras, so that each search ends
 * at a free entry. */
static uint32_t entry_count(uint32_t max_sessions)
{
    uint32_t count = LINE / sizeof(uint64_t);

    while (count <= max_sessions) {
        count *= 2;
    }
    return count;
}

static uint32_t block_count(uint32_t entries)
{
    return (entries + BLOCK - 1) / BLOCK;
}

/* The marks of both tables: bytes. */
static size_t used_size(uint32_t entries)
{
    return (2 * (size_t)block_count(entries) + LINE - 1) / LINE * LINE;
}

size_t cctv_viewer_counts_size(uint32_t max_sessions)
{
    uint32_t count = entry_count(max_sessions);

    return LINE + used_size(count) + 2 * (size_t)count * sizeof(uint64_t);
}

void cctv_viewer_counts_open(cctv_viewer_counts_t *counts, void *memory,
                             uint32_t max_sessions)
{
    _Atomic uint64_t *words = memory;
    uint32_t count = entry_count(max_sessions);

    counts->mask = count - 1;
    counts->current = words;
    counts->counting = words + 1;
    counts->used[0] = (_Atomic uint8_t *)(words + LINE / sizeof(uint64_t));
    counts->used[1] = counts->used[0] + block_count(count);
    counts->tables[0] = words + (LINE + used_size(count)) / sizeof(uint64_t);
    counts->tables[1] = counts->tables[0] + count;
}

/* @return the entry of a camera, or the free entry that it would get */
static _Atomic uint64_t *find_entry(const cctv_viewer_counts_t *counts,
                                    _Atomic uint64_t *table, int32_t camera)
{
    /* Fibonacci hashing, since camera ids are mostly consecutive. */
    uint32_t at = (uint32_t)((uint64_t)(uint32_t)camera
                                 * UINT64_C(0x9e3779b97f4a7c15)
                             >> 32);

    for (;; at++) {
        _Atomic uint64_t *entry = &table[at & counts->mask];
        uint64_t value = atomic_load_explicit(entry, memory_order_relaxed);

        if (value == 0 || CAMERA(value) == camera) {
            return entry;
        }
    }
}

/* Clear the blocks that have entries: a table for a million views has room for
 * two million entries, and most of them are free. */
static void clear_table(const cctv_viewer_counts_t *counts, uint64_t number)
{
    _Atomic uint64_t *table = counts->tables[number];
    _Atomic uint8_t *used = counts->used[number];
    uint32_t blocks = block_count(counts->mask + 1);
    uint32_t block;
    uint32_t i;

    for (block = 0; block < blocks; block++) {
        if (atomic_load_explicit(&used[block], memory_order_relaxed) == 0) {
            continue;
        }
        for (i = block * BLOCK; i < (block + 1) * BLOCK && i <= counts->mask;
             i++) {
            atomic_store_explicit(&table[i], 0, memory_order_relaxed);
        }
        atomic_store_explicit(&used[block], 0, memory_order_release);
    }
}

bool cctv_viewer_counts_begin(void *counts_, cctv_time_t now)
{
    cctv_viewer_counts_t *counts = counts_;

    if (!cctv_single_enter(counts->counting, now, &counts->ticket)) {
        return false;
    }
    counts->next = !atomic_load_explicit(counts->current,
                                         memory_order_relaxed);
    clear_table(counts, counts->next);
    return true;
}

void cctv_viewer_counts_visit(void *counts_, const cctv_view_t *view,
                              cctv_time_t now)
{
    cctv_viewer_counts_t *counts = counts_;
    _Atomic uint64_t *table = counts->tables[counts->next];
    _Atomic uint64_t *entry;
    uint64_t value;

    (void)now;
    if (!cctv_view_is_watched(view)) {
        return;
    }
    entry = find_entry(counts, table, view->camera);
    value = atomic_load_explicit(entry, memory_order_relaxed);
    if (value == 0) {
        atomic_store_explicit(
            &counts->used[counts->next][(entry - table) / BLOCK], 1,
            memory_order_relaxed);
    }
    /* The release keeps the order: if the process is killed, there is no entry
     * in a block that is not marked as used. */
    atomic_store_explicit(entry, ENTRY(view->camera, COUNT(value) + 1),
                          memory_order_release);
}

void cctv_viewer_counts_end(void *counts_, cctv_time_t now)
{
    cctv_viewer_counts_t *counts = counts_;

    (void)now;
    /* The release makes the entries visible to every process that reads the
     * new value of `current`. */
    atomic_store_explicit(counts->current, counts->next, memory_order_release);
    cctv_single_leave(counts->counting, counts->ticket);
}

uint32_t cctv_viewer_counts_of(const cctv_viewer_counts_t *counts,
                               int32_t camera)
{
    uint64_t current = atomic_load_explicit(counts->current,
                                            memory_order_acquire);

    return COUNT(atomic_load_explicit(
        find_entry(counts, counts->tables[current & 1], camera),
        memory_order_relaxed));
}
