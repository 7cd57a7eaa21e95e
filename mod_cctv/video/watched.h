/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file watched.h
 * @brief A set of the mountpoints that have views with video, and of the roles
 *        with which the views were started.
 * Layer: pure.
 */
#ifndef CCTV_VIDEO_WATCHED_H
#define CCTV_VIDEO_WATCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    int64_t id;    /**< of the mountpoint */
    uint64_t role; /**< keyed hash */
} cctv_watched_entry_t;

#define CCTV_WATCHED_RECENT 1024

/** All zero: the set is empty. Not thread-safe. */
typedef struct {
    cctv_watched_entry_t *at;
    size_t count;
    size_t room;
    /** Some of the entries: they prevent most duplicates before the set is
     *  sorted, if a mountpoint has many views. */
    cctv_watched_entry_t recent[CCTV_WATCHED_RECENT];
} cctv_watched_t;

void cctv_watched_clear(cctv_watched_t *watched);

/** Add an entry. @param id  more than 0 @return false: out of memory */
bool cctv_watched_add(cctv_watched_t *watched, int64_t id, uint64_t role);

/** Sort by mountpoint and role, and remove duplicates. */
void cctv_watched_sort(cctv_watched_t *watched);

/** @return whether a mountpoint is in the set, which has to be sorted */
bool cctv_watched_has(const cctv_watched_t *watched, int64_t id);

/** Replace all entries by copies of the entries of another set.
 *  @return false: out of memory */
bool cctv_watched_copy(cctv_watched_t *to, const cctv_watched_t *from);

void cctv_watched_free(cctv_watched_t *watched);

#endif
