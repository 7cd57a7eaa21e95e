/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mountpoint_table.c
 * @brief The keeper's table of the mountpoints of mod_cctv in Janus.
 * Layer: pure.
 */
#include "video/mountpoint_table.h"

#include <stdlib.h>
#include <string.h>

static int by_id(const void *a, const void *b)
{
    const cctv_mountpoint_entry_t *one = a;
    const cctv_mountpoint_entry_t *other = b;

    return (one->id > other->id) - (one->id < other->id);
}

cctv_mountpoint_entry_t *
cctv_mountpoint_table_find(const cctv_mountpoint_table_t *table, int64_t id)
{
    cctv_mountpoint_entry_t key = { .id = id };

    return table->count == 0
               ? NULL
               : bsearch(&key, table->at, table->count, sizeof key, by_id);
}

static bool table_make_room(cctv_mountpoint_table_t *table)
{
    size_t room = table->room * 2 + 64;
    cctv_mountpoint_entry_t *grown;

    if (table->count < table->room) {
        return true;
    }
    grown = realloc(table->at, room * sizeof *grown);
    if (grown == NULL) {
        return false;
    }
    table->at = grown;
    table->room = room;
    return true;
}

void cctv_mountpoint_table_add(cctv_mountpoint_table_t *table,
                               const cctv_mountpoint_table_t *before,
                               const cctv_mountpoint_t *mountpoint,
                               cctv_time_t now)
{
    const cctv_mountpoint_entry_t *known = cctv_mountpoint_table_find(
        before, mountpoint->id);
    cctv_mountpoint_entry_t *entry;

    if (!table_make_room(table)) {
        return;
    }
    entry = &table->at[table->count++];
    *entry = known != NULL
                 ? *known
                 : (cctv_mountpoint_entry_t){ .id = mountpoint->id,
                                              .camera = mountpoint->camera,
                                              .last_watched = now };
    entry->is_pulled = mountpoint->is_pulled;
    cctv_freshness_note(&entry->freshness, mountpoint->age, now);
}

void cctv_mountpoint_table_sort(cctv_mountpoint_table_t *table)
{
    if (table->count > 1) {
        qsort(table->at, table->count, sizeof table->at[0], by_id);
    }
}

void cctv_mountpoint_table_note(cctv_mountpoint_table_t *table,
                                const cctv_watched_t *watched, cctv_time_t now)
{
    size_t i;

    for (i = 0; i < table->count; i++) {
        cctv_mountpoint_entry_t *entry = &table->at[i];

        entry->is_watched = cctv_watched_has(watched, entry->id);
        if (entry->is_watched) {
            entry->last_watched = now;
            entry->has_old_pin = true;
        }
    }
}

static bool is_online(const cctv_mountpoint_entry_t *entry)
{
    return entry != NULL && entry->freshness.status != NULL
           && strcmp(entry->freshness.status, "online") == 0;
}

bool cctv_mountpoint_table_is_online(const cctv_mountpoint_table_t *table,
                                     int64_t id)
{
    return is_online(cctv_mountpoint_table_find(table, id));
}

const char *cctv_mountpoint_table_status(const cctv_mountpoint_table_t *table,
                                         const cctv_mountpoint_entry_t *entry)
{
    int64_t other = cctv_mountpoint_id(entry->camera,
                                       !cctv_mountpoint_is_second(entry->id));

    return is_online(entry) || !cctv_mountpoint_table_is_online(table, other)
               ? entry->freshness.status
               : NULL;
}

const char *cctv_mountpoint_table_news(const cctv_mountpoint_table_t *table,
                                       const cctv_mountpoint_entry_t *entry)
{
    return cctv_mountpoint_table_status(table, entry) == NULL
               ? NULL
               : cctv_freshness_news(&entry->freshness);
}

void cctv_mountpoint_table_free(cctv_mountpoint_table_t *table)
{
    free(table->at);
    *table = (cctv_mountpoint_table_t){ .at = NULL };
}
