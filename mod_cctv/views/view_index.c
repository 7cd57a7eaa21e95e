/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file view_index.c
 * @brief Finds the view of a Janus session, in shared memory.
 * Layer: pure.
 */
#include "views/view_index.h"

#define LINE 64

/* The entries of a cache line. A Janus session can be in any of its line. */
#define WAYS (LINE / sizeof(uint64_t))

#define TAG(entry)  ((uint32_t)((entry) >> 32))
#define SLOT(entry) ((uint32_t)(entry))

/* There are at least four entries for each view. */
static uint32_t line_count(uint32_t max_sessions)
{
    return max_sessions / 2 + 1;
}

size_t cctv_view_index_size(uint32_t max_sessions)
{
    return (size_t)line_count(max_sessions) * LINE;
}

void cctv_view_index_open(cctv_view_index_t *index, void *memory,
                          uint32_t max_sessions)
{
    index->lines = line_count(max_sessions);
    index->entries = memory;
}

static uint64_t hash_of(uint64_t janus)
{
    uint64_t hash = janus * UINT64_C(0x9e3779b97f4a7c15);

    return hash ^ hash >> 29;
}

/* A tag is never 0, so an entry that is 0 is free. */
static uint32_t tag_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32) | 1;
}

static _Atomic uint64_t *line_of(const cctv_view_index_t *index, uint64_t hash)
{
    return &index->entries[(uint32_t)hash % index->lines * WAYS];
}

/* @return whether an entry does not lead to the view it was made for */
static bool is_old(const cctv_view_table_t *table, uint64_t entry)
{
    cctv_view_t view;

    return entry == 0 || !cctv_view_table_get(table, SLOT(entry), &view)
           || tag_of(hash_of(view.janus)) != TAG(entry);
}

void cctv_view_index_put(cctv_view_index_t *index,
                         const cctv_view_table_t *table, uint64_t janus,
                         uint32_t slot)
{
    uint64_t hash = hash_of(janus);
    _Atomic uint64_t *line = line_of(index, hash);
    uint64_t made = (uint64_t)tag_of(hash) << 32 | slot;
    uint32_t i;

    for (i = 0; i < WAYS; i++) {
        uint64_t entry = atomic_load(&line[i]);

        if (is_old(table, entry)
            && atomic_compare_exchange_strong(&line[i], &entry, made)) {
            return;
        }
    }
    atomic_store(&line[tag_of(hash) / 2 % WAYS], made);
}

bool cctv_view_index_find(const cctv_view_index_t *index,
                          const cctv_view_table_t *table, uint64_t janus,
                          cctv_view_t *view)
{
    uint64_t hash = hash_of(janus);
    const _Atomic uint64_t *line = line_of(index, hash);
    uint32_t i;

    for (i = 0; i < WAYS; i++) {
        uint64_t entry = atomic_load(&line[i]);

        if (TAG(entry) == tag_of(hash)
            && cctv_view_table_get(table, SLOT(entry), view)
            && view->janus == janus) {
            return true;
        }
    }
    return false;
}
