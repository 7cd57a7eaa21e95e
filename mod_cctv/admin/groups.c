/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file groups.c
 * @brief Counts views by camera or by user.
 * Layer: pure.
 */
#include "admin/groups.h"

#include <stdlib.h>

static bool make_room(cctv_groups_t *groups)
{
    size_t room = groups->room * 2 + 256;
    cctv_group_t *grown;

    if (groups->count < groups->room) {
        return true;
    }
    grown = realloc(groups->at, room * sizeof *grown);
    if (grown == NULL) {
        groups->has_failed = true;
        return false;
    }
    groups->at = grown;
    groups->room = room;
    return true;
}

void cctv_groups_add(cctv_groups_t *groups, uint64_t key, uint32_t index)
{
    if (make_room(groups)) {
        groups->at[groups->count++] = (cctv_group_t){ key, 1, index };
    }
}

static int by_key(const void *a, const void *b)
{
    const cctv_group_t *one = a;
    const cctv_group_t *other = b;

    return (one->key > other->key) - (one->key < other->key);
}

static int by_count(const void *a, const void *b)
{
    const cctv_group_t *one = a;
    const cctv_group_t *other = b;

    return one->count == other->count
               ? by_key(a, b)
               : (one->count < other->count) - (one->count > other->count);
}

void cctv_groups_sum(cctv_groups_t *groups)
{
    size_t sums = 0;
    size_t i;

    if (groups->count == 0) {
        return;
    }
    qsort(groups->at, groups->count, sizeof groups->at[0], by_key);
    for (i = 1; i < groups->count; i++) {
        if (groups->at[i].key == groups->at[sums].key) {
            groups->at[sums].count++;
        }
        else {
            groups->at[++sums] = groups->at[i];
        }
    }
    groups->count = sums + 1;
    qsort(groups->at, groups->count, sizeof groups->at[0], by_count);
}

void cctv_groups_free(cctv_groups_t *groups)
{
    free(groups->at);
    *groups = (cctv_groups_t){ .at = NULL };
}
