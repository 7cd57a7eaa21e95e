/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file names.c
 * @brief The names of the users who watch, in shared memory.
 * Layer: pure.
 */
#include "viewers/names.h"

#include <string.h>

_Static_assert(sizeof(cctv_viewer_entry_t) == 64, "an entry is not a line");

static uint64_t mix(uint64_t sum, uint64_t word)
{
    sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return sum ^ sum >> 32;
}

static uint64_t sum_of(const cctv_viewer_slot_t *slot, uint64_t client,
                       const uint64_t *name)
{
    uint64_t sum = mix(mix(slot->secret[0], slot->secret[1]), client);
    size_t i;

    for (i = 0; i < CCTV_VIEWER_WORDS; i++) {
        sum = mix(sum, name[i]);
    }
    return sum | 1;
}

void cctv_viewer_names_note(const cctv_viewer_names_t *names,
                            const cctv_viewer_slot_t *slot, uint64_t client,
                            const char *name)
{
    cctv_viewer_entry_t *entry;
    char text[CCTV_USER_NAME_SIZE];
    uint64_t words[CCTV_VIEWER_WORDS];
    uint64_t sum;
    size_t i;

    if (slot->index >= names->max) {
        return;
    }
    entry = &names->entries[slot->index];
    cctv_denial_copy_name(text, name);
    memcpy(words, text, sizeof words);
    sum = sum_of(slot, client, words);
    if (atomic_load_explicit(&entry->sum, memory_order_relaxed) == sum) {
        return;
    }
    atomic_store_explicit(&entry->client, client, memory_order_relaxed);
    for (i = 0; i < CCTV_VIEWER_WORDS; i++) {
        atomic_store_explicit(&entry->name[i], words[i], memory_order_relaxed);
    }
    atomic_store_explicit(&entry->sum, sum, memory_order_release);
}

bool cctv_viewer_names_read(const cctv_viewer_names_t *names,
                            const cctv_viewer_slot_t *slot,
                            cctv_viewer_name_t *out)
{
    const cctv_viewer_entry_t *entry;
    uint64_t words[CCTV_VIEWER_WORDS];
    uint64_t sum;
    size_t i;

    memset(out, 0, sizeof *out);
    if (slot->index >= names->max) {
        return false;
    }
    entry = &names->entries[slot->index];
    sum = atomic_load_explicit(&entry->sum, memory_order_acquire);
    out->client = atomic_load_explicit(&entry->client, memory_order_relaxed);
    for (i = 0; i < CCTV_VIEWER_WORDS; i++) {
        words[i] = atomic_load_explicit(&entry->name[i], memory_order_relaxed);
    }
    if (sum != sum_of(slot, out->client, words)) {
        out->client = 0;
        return false;
    }
    memcpy(out->name, words, sizeof words);
    out->name[CCTV_USER_NAME_SIZE - 1] = '\0';
    return true;
}
