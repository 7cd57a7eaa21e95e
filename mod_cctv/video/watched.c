/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file watched.c
 * @brief A set of the mountpoints that have views with video, and of the roles
 *        with which the views were started.
 * Layer: pure.
 */
#include "video/watched.h"

#include <stdlib.h>
#include <string.h>

static int by_id(const void *a, const void *b)
{
    const cctv_watched_entry_t *one = a;
    const cctv_watched_entry_t *other = b;

    return (one->id > other->id) - (one->id < other->id);
}

static int by_id_and_role(const void *a, const void *b)
{
    const cctv_watched_entry_t *one = a;
    const cctv_watched_entry_t *other = b;
    int order = by_id(a, b);

    return order != 0 ? order
                      : (one->role > other->role) - (one->role < other->role);
}

static bool watched_make_room(cctv_watched_t *watched, size_t count)
{
    size_t room = watched->room * 2 + 64;
    cctv_watched_entry_t *grown;

    if (count <= watched->room) {
        return true;
    }
    if (room < count) {
        room = count;
    }
    grown = realloc(watched->at, room * sizeof *grown);
    if (grown == NULL) {
        return false;
    }
    watched->at = grown;
    watched->room = room;
    return true;
}

bool cctv_watched_add(cctv_watched_t *watched, int64_t id, uint64_t role)
{
    cctv_watched_entry_t
        *recent = &watched->recent[(uint64_t)id % CCTV_WATCHED_RECENT];

    if (recent->id == id && recent->role == role) {
        return true;
    }
    if (!watched_make_room(watched, watched->count + 1)) {
        return false;
    }
    *recent = (cctv_watched_entry_t){ .id = id, .role = role };
    watched->at[watched->count++] = *recent;
    return true;
}

void cctv_watched_clear(cctv_watched_t *watched)
{
    watched->count = 0;
    memset(watched->recent, 0, sizeof watched->recent);
}

void cctv_watched_sort(cctv_watched_t *watched)
{
    size_t kept = 0;
    size_t i;

    if (watched->count > 1) {
        qsort(watched->at, watched->count, sizeof watched->at[0],
              by_id_and_role);
    }
    for (i = 0; i < watched->count; i++) {
        if (kept == 0
            || by_id_and_role(&watched->at[i], &watched->at[kept - 1]) != 0) {
            watched->at[kept++] = watched->at[i];
        }
    }
    watched->count = kept;
}

bool cctv_watched_has(const cctv_watched_t *watched, int64_t id)
{
    cctv_watched_entry_t key = { .id = id };

    return watched->count > 0
           && bsearch(&key, watched->at, watched->count, sizeof key, by_id)
                  != NULL;
}

bool cctv_watched_copy(cctv_watched_t *to, const cctv_watched_t *from)
{
    if (!watched_make_room(to, from->count)) {
        return false;
    }
    if (from->count > 0) {
        memcpy(to->at, from->at, from->count * sizeof from->at[0]);
    }
    to->count = from->count;
    return true;
}

void cctv_watched_free(cctv_watched_t *watched)
{
    free(watched->at);
    watched->at = NULL;
    watched->count = watched->room = 0;
}
