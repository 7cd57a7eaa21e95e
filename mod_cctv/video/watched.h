/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file watched.h
 * @brief The cameras that have views with video right now, with the role that
 *        each view was started with.
 * Layer: pure.
 */
#ifndef CCTV_VIDEO_WATCHED_H
#define CCTV_VIDEO_WATCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    int32_t camera;
    uint64_t role; /**< keyed hash */
} cctv_watched_entry_t;

#define CCTV_WATCHED_RECENT 1024

/** All zero: empty. */
typedef struct {
    cctv_watched_entry_t *at;
    size_t count;
    size_t room;
    /** Some of the entries, so that a camera with many views mostly takes one
     *  entry before it is sorted, too. */
    cctv_watched_entry_t recent[CCTV_WATCHED_RECENT];
} cctv_watched_t;

void cctv_watched_clear(cctv_watched_t *watched);

/** Add an entry: camera > 0. @return false: there is no memory for it */
bool cctv_watched_add(cctv_watched_t *watched, int32_t camera, uint64_t role);

/** Sort by camera, and leave each pair in once. */
void cctv_watched_sort(cctv_watched_t *watched);

/** Whether a camera is in a set that is sorted. */
bool cctv_watched_has(const cctv_watched_t *watched, int32_t camera);

/** Take all entries of another set. @return false: no memory */
bool cctv_watched_copy(cctv_watched_t *to, const cctv_watched_t *from);

void cctv_watched_free(cctv_watched_t *watched);

#endif
