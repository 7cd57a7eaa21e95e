/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file status.c
 * @brief The statuses of a catalogue's cameras.
 * Layer: pure.
 */
#include "catalogue/status.h"

#include "catalogue/rows.h"
#include "catalogue/tree.h"

#include <string.h>
#include <xxhash.h>

/* Relaxed atomics are enough for words and counts: a reader may see a change a
 * moment earlier or later. `version` is written after them (release), and read
 * before them (acquire): an entity tag is never newer than its answer. */

static size_t counts_size(const cctv_catalogue_t *c)
{
    return (c->node_count * sizeof(cctv_status_counts_t) + 7) / 8 * 8;
}

size_t cctv_statuses_size(const cctv_catalogue_t *c)
{
    return sizeof(cctv_statuses_head_t)
           + (size_t)c->count * sizeof *c->statuses + counts_size(c)
           + c->row_count * sizeof *c->row_sums;
}

static void point_to(cctv_catalogue_t *c, void *memory)
{
    char *statuses = (char *)memory + sizeof(cctv_statuses_head_t);

    c->status_head = memory;
    c->statuses = (void *)statuses;
    c->status_counts = (void *)(statuses
                                + (size_t)c->count * sizeof *c->statuses);
    c->row_sums = (void *)((char *)c->status_counts + counts_size(c));
}

/* Count what is below a node anew. Others may read meanwhile. */
static void recount(const cctv_catalogue_t *c, int level, uint32_t node)
{
    uint32_t counts[CCTV_CAMERA_STATUS_COUNT] = { 0 };
    uint32_t end;
    uint32_t child = cctv_tree_children(c, level, node, &end);
    unsigned status;

    for (; child < end; child++) {
        if (level == 0) {
            counts[cctv_catalogue_slot_status(c, child)]++;
        }
        for (status = 0; level > 0 && status < CCTV_CAMERA_STATUS_COUNT;
             status++) {
            counts[status] += atomic_load_explicit(
                &c->status_counts[child].count[status], memory_order_relaxed);
        }
    }
    for (status = 0; status < CCTV_CAMERA_STATUS_COUNT; status++) {
        atomic_store_explicit(&c->status_counts[node].count[status],
                              counts[status], memory_order_relaxed);
    }
}

static void recount_all(const cctv_catalogue_t *c)
{
    uint32_t node = 0;
    int level;

    for (level = 0; level < c->levels; level++) {
        uint32_t end = c->level_at[level]
                       + cctv_catalogue_level_size(c, level);

        for (; node < end; node++) {
            recount(c, level, node);
        }
    }
    cctv_rows_recount(c);
}

/* The word of the status in the Feature. */
static uint64_t first_word(const cctv_catalogue_t *c, uint32_t slot)
{
    cctv_camera_state_t state = {
        (cctv_camera_status_t)c->records[slot].status,
        cctv_catalogue_first_since(c, slot)
    };

    return cctv_catalogue_word(state) | CCTV_STATUS_AS_BUILT;
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
        atomic_init(&c->statuses[slot], first_word(c, slot));
    }
    recount_all(c);
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

/* Change a count of all nodes above a camera, by 1 or -1. */
static void count(const cctv_catalogue_t *c, int index, unsigned status,
                  int change)
{
    uint32_t node = c->slots[index];
    int level;

    cctv_rows_count(c, node, status, change);
    for (level = 0; level < c->levels; level++) {
        node /= CCTV_CATALOGUE_FANOUT;
        atomic_fetch_add_explicit(
            &c->status_counts[c->level_at[level] + node].count[status],
            (uint32_t)change, memory_order_relaxed);
    }
}

/* @param where, what  make the version another one */
static void set_version(const cctv_catalogue_t *c, uint64_t where,
                        uint64_t what)
{
    uint64_t parts[3] = { atomic_load(&c->status_head->version), where, what };

    atomic_store_explicit(&c->status_head->version,
                          XXH3_64bits(parts, sizeof parts),
                          memory_order_release);
}

/* A process that was killed while it changed a status has left `changes` odd:
 * the counts may be wrong, and the version that of the status before. */
static void end_left_change(const cctv_catalogue_t *c)
{
    uint64_t changes = atomic_load(&c->status_head->changes);

    if (changes % 2 != 0) {
        recount_all(c);
        set_version(c, UINT64_MAX, changes);
        atomic_fetch_add(&c->status_head->changes, 1);
    }
}

void cctv_statuses_repair(cctv_catalogue_t *c)
{
    uint32_t slot;

    for (slot = 0; slot < c->head->count; slot++) {
        uint64_t word = cctv_catalogue_word(
            cctv_catalogue_slot_state(c, slot));
        uint64_t first = first_word(c, slot);

        if (word == (first & ~CCTV_STATUS_AS_BUILT)) {
            word = first;
        }
        atomic_store_explicit(&c->statuses[slot], word, memory_order_relaxed);
    }
    recount_all(c);
    end_left_change(c);
}

cctv_camera_state_t cctv_statuses_set(const cctv_catalogue_t *c, int index,
                                      cctv_camera_state_t state)
{
    cctv_camera_state_t before = cctv_catalogue_state(c, index);
    uint64_t word = cctv_catalogue_word(state);

    c = cctv_catalogue_file_of(c, &index);
    end_left_change(c);
    if (word == cctv_catalogue_word(before)) {
        return before;
    }
    atomic_fetch_add(&c->status_head->changes, 1);
    /* The new status is counted before the old one is not: a search never
     * leaves out a node with a camera that it looks for. */
    count(c, index, state.status, 1);
    atomic_store_explicit(&c->statuses[c->slots[index]], word,
                          memory_order_relaxed);
    count(c, index, before.status, -1);
    set_version(c, (uint64_t)index, word);
    atomic_fetch_add(&c->status_head->changes, 1);
    return before;
}

static uint64_t version_of(const cctv_catalogue_t *c)
{
    return atomic_load_explicit(&c->status_head->version,
                                memory_order_acquire);
}

uint64_t cctv_statuses_version(const cctv_catalogue_t *c)
{
    uint64_t versions[2];

    if (c->changes == NULL) {
        return version_of(c);
    }
    versions[0] = version_of(c);
    versions[1] = version_of(c->changes);
    return XXH3_64bits(versions, sizeof versions);
}

void cctv_statuses_follow(const cctv_catalogue_t *c,
                          const cctv_catalogue_t *now)
{
    cctv_catalogue_walk_t walk = { .base = 0 };
    int index;
    int here = 0;

    while ((index = cctv_catalogue_next(now, &walk)) >= 0) {
        int id = cctv_catalogue_id(now, index);

        while (here < c->count && c->ids[here] < id) {
            here++;
        }
        if (here < c->count && c->ids[here] == id) {
            cctv_statuses_set(c, here, cctv_catalogue_state(now, index));
        }
    }
}

/* ---- What the listener knows ---- */

void cctv_statuses_will_change(const cctv_catalogue_t *c, int index,
                               cctv_camera_status_t before)
{
    c = cctv_catalogue_file_of(c, &index);
    atomic_store(&c->status_head->untold,
                 ((uint64_t)index + 1) << 8 | (uint64_t)before);
}

void cctv_statuses_told(const cctv_catalogue_t *c, int index)
{
    c = cctv_catalogue_file_of(c, &index);
    end_left_change(c);
    atomic_store(&c->status_head->untold, 0);
}

/* The file may be damaged. */
static int untold_of(const cctv_catalogue_t *c, cctv_camera_status_t *before)
{
    uint64_t untold = atomic_load(&c->status_head->untold);

    *before = (cctv_camera_status_t)(untold & 0xFF);
    return untold >> 8 == 0 || untold >> 8 > (uint64_t)c->count
                   || (untold & 0xFF) >= CCTV_CAMERA_STATUS_COUNT
               ? -1
               : (int)(untold >> 8) - 1;
}

int cctv_statuses_untold(const cctv_catalogue_t *c,
                         cctv_camera_status_t *before)
{
    int index = untold_of(c, before);

    if (index >= 0 && !cctv_catalogue_is_gone(c, c->slots[index])) {
        return index;
    }
    index = c->changes == NULL ? -1 : untold_of(c->changes, before);
    return index < 0 ? -1 : c->count + index;
}
