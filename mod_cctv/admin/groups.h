/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file groups.h
 * @brief Counts views by camera or by user.
 * Layer: pure.
 */
#ifndef CCTV_ADMIN_GROUPS_H
#define CCTV_ADMIN_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The views with the same key. */
typedef struct {
    uint64_t key;
    uint32_t count;
    uint32_t index; /**< the slot of one of them */
} cctv_group_t;

/** All zero: empty. Not thread-safe. The memory comes from malloc(). */
typedef struct {
    cctv_group_t *at;
    size_t count;
    size_t room;
    bool has_failed; /**< there was no memory: the groups are not complete */
} cctv_groups_t;

/** Add a view. */
void cctv_groups_add(cctv_groups_t *groups, uint64_t key, uint32_t index);

/** Put the views into groups: those with the most views come first, and of
 *  those with as many, the smaller key. */
void cctv_groups_sum(cctv_groups_t *groups);

void cctv_groups_free(cctv_groups_t *groups);

#endif
