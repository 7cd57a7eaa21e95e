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

size_t cctv_viewer_counts_size(uint32_t max_sessions)
{
    return LINE + 2 * (size_t)entry_count(max_sessions) * sizeof(uint64_t);
}

void cctv_viewer_counts_open(cctv_viewer_counts_t *counts, void *memory,
                             uint32_t max_sessions)
{
    _Atomic uint64_t *words = memory;
    uint32_t count = entry_count(max_sessions);

    counts->mask = count - 1;
    counts->current = words;
    counts->counting = words + 1;
    counts->tables[0] = words + LINE / sizeof(uint64_t);
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

static void clear_table(const cctv_viewer_counts_t *counts,
                        _Atomic uint64_t *table)
{
    uint32_t i;

    for (i = 0; i <= counts->mask; i++) {
        atomic_store_explicit(&table[i], 0, memory_order_relaxed);
    }
}

static void count_views(cctv_viewer_counts_t *counts,
                        const cctv_view_table_t *views, cctv_time_t now)
{
    uint64_t next = !atomic_load_explicit(counts->current,
                                          memory_order_relaxed);
    _Atomic uint64_t *table = counts->tables[next];
    cctv_view_t view;
    uint32_t i;

    clear_table(counts, table);
    for (i = 0; i < views->max; i++) {
        if (cctv_view_table_get(views, i, &view) && cctv_view_is_watched(&view)
            && !cctv_view_is_over(&view, now)) {
            _Atomic uint64_t *entry = find_entry(counts, table, view.camera);
            uint64_t value = atomic_load_explicit(entry, memory_order_relaxed);

            atomic_store_explicit(entry, ENTRY(view.camera, COUNT(value) + 1),
                                  memory_order_relaxed);
        }
    }
    /* The release makes the entries visible to every process that reads the
     * new value of `current`. */
    atomic_store_explicit(counts->current, next, memory_order_release);
}

void cctv_viewer_counts_count(cctv_viewer_counts_t *counts,
                              const cctv_view_table_t *table, cctv_time_t now)
{
    uint64_t ticket;

    if (cctv_single_enter(counts->counting, now, &ticket)) {
        count_views(counts, table, now);
        cctv_single_leave(counts->counting, ticket);
    }
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
