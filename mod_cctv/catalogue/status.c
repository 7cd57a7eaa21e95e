/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file status.c
 * @brief The statuses of a catalogue's cameras.
 * Layer: pure.
 */
#include "catalogue/status.h"

#include <string.h>
#include <xxhash.h>

/* Relaxed atomics are enough for bytes and counts: a reader may see a change a
 * moment earlier or later. `version` is written after them (release), and read
 * before them (acquire): an entity tag is never newer than its answer. */

static size_t counts_size(const cctv_catalogue_t *c)
{
    return c->node_count * sizeof(cctv_status_counts_t);
}

size_t cctv_statuses_size(const cctv_catalogue_t *c)
{
    return sizeof(cctv_statuses_head_t) + counts_size(c) + (size_t)c->count;
}

static void point_to(cctv_catalogue_t *c, void *memory)
{
    char *counts = (char *)memory + sizeof(cctv_statuses_head_t);

    c->status_head = memory;
    c->status_counts = (void *)counts;
    c->statuses = (void *)(counts + counts_size(c));
}

void cctv_statuses_init(cctv_catalogue_t *c, void *memory)
{
    cctv_statuses_head_t *head = memory;
    uint32_t slot;

    point_to(c, memory);
    memset(memory, 0, sizeof *head);
    head->magic = CCTV_STATUSES_MAGIC;
    head->catalogue = c->head->checksum;
    head->count = c->head->count;
    head->nodes = c->node_count;
    atomic_init(&head->version, c->head->content);
    for (slot = 0; slot < c->head->count; slot++) {
        atomic_init(&c->statuses[slot], c->records[slot].status);
    }
    cctv_statuses_repair(c);
}

const char *cctv_statuses_open(cctv_catalogue_t *c, void *memory, size_t size)
{
    const cctv_statuses_head_t *head = memory;

    if (size != cctv_statuses_size(c) || head->magic != CCTV_STATUSES_MAGIC
        || head->catalogue != c->head->checksum
        || head->count != c->head->count || head->nodes != c->node_count) {
        return "its statuses belong to another file";
    }
    point_to(c, memory);
    return NULL;
}

/* Change a count of all nodes above a camera. */
static void count(const cctv_catalogue_t *c, int index, unsigned status,
                  uint32_t change)
{
    uint32_t node = c->slots[index];
    int level;

    for (level = 0; level < c->levels; level++) {
        node /= CCTV_CATALOGUE_FANOUT;
        atomic_fetch_add_explicit(
            &c->status_counts[c->level_at[level] + node].count[status], change,
            memory_order_relaxed);
    }
}

static void add(cctv_status_counts_t *to, unsigned status, uint32_t change)
{
    uint32_t now = atomic_load_explicit(&to->count[status],
                                        memory_order_relaxed);

    atomic_store_explicit(&to->count[status], now + change,
                          memory_order_relaxed);
}

/* Count the children of each node of a level above the leaves. */
static void sum_level(cctv_catalogue_t *c, int level)
{
    const cctv_status_counts_t
        *below = &c->status_counts[c->level_at[level - 1]];
    cctv_status_counts_t *here = &c->status_counts[c->level_at[level]];
    uint32_t size = cctv_catalogue_level_size(c, level - 1);
    uint32_t i;
    unsigned status;

    for (i = 0; i < size; i++) {
        for (status = 0; status < CCTV_CAMERA_STATUS_COUNT; status++) {
            add(&here[i / CCTV_CATALOGUE_FANOUT], status,
                atomic_load_explicit(&below[i].count[status],
                                     memory_order_relaxed));
        }
    }
}

void cctv_statuses_repair(cctv_catalogue_t *c)
{
    uint32_t slot;
    int level;

    memset((void *)c->status_counts, 0, counts_size(c));
    for (slot = 0; slot < c->head->count; slot++) {
        cctv_camera_status_t status = cctv_catalogue_slot_status(c, slot);

        atomic_store_explicit(&c->statuses[slot], (uint8_t)status,
                              memory_order_relaxed);
        add(&c->status_counts[slot / CCTV_CATALOGUE_FANOUT], status, 1);
    }
    for (level = 1; level < c->levels; level++) {
        sum_level(c, level);
    }
}

cctv_camera_status_t cctv_statuses_set(const cctv_catalogue_t *c, int index,
                                       cctv_camera_status_t status)
{
    cctv_camera_status_t before = cctv_catalogue_status(c, index);
    uint64_t change[2] = { atomic_load(&c->status_head->version),
                           (uint64_t)index << 8 | status };

    if (before == status) {
        return before;
    }
    /* The new status is counted before the old one is not: a search never
     * leaves out a node with a camera that it looks for. */
    count(c, index, status, 1);
    atomic_store_explicit(&c->statuses[c->slots[index]], (uint8_t)status,
                          memory_order_relaxed);
    count(c, index, before, (uint32_t)-1);
    atomic_store_explicit(&c->status_head->version,
                          XXH3_64bits(change, sizeof change),
                          memory_order_release);
    atomic_fetch_add_explicit(&c->status_head->changes, 1,
                              memory_order_relaxed);
    return before;
}
