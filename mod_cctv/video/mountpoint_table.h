/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mountpoint_table.h
 * @brief What the keeper remembers of each mountpoint of mod_cctv in Janus.
 * Layer: pure.
 */
#ifndef CCTV_VIDEO_MOUNTPOINT_TABLE_H
#define CCTV_VIDEO_MOUNTPOINT_TABLE_H

#include "video/freshness.h"
#include "janus/mountpoint.h"
#include "video/watched.h"

typedef struct {
    int32_t camera;
    bool is_pulled;
    bool is_watched;
    bool has_old_pin; /**< it was watched since its pin was changed last */
    cctv_time_t last_watched;
    cctv_freshness_t freshness;
} cctv_mountpoint_entry_t;

/** All zero: empty. Sorted by camera. */
typedef struct {
    cctv_mountpoint_entry_t *at;
    size_t count;
    size_t room;
} cctv_mountpoint_table_t;

/** The entry of a camera, or NULL. */
cctv_mountpoint_entry_t *
cctv_mountpoint_table_find(const cctv_mountpoint_table_t *table,
                           int32_t camera);

/**
 * Add what Janus says of a mountpoint to a new table, with what the table
 * before remembers of it. The new one is sorted by
 * cctv_mountpoint_table_sort().
 */
void cctv_mountpoint_table_add(cctv_mountpoint_table_t *table,
                               const cctv_mountpoint_table_t *before,
                               const cctv_mountpoint_t *mountpoint,
                               cctv_time_t now);

/** The entry that was added last, before the table is sorted; NULL: none. */
static inline const cctv_mountpoint_entry_t *
cctv_mountpoint_table_last(const cctv_mountpoint_table_t *table)
{
    return table->count == 0 ? NULL : &table->at[table->count - 1];
}

void cctv_mountpoint_table_sort(cctv_mountpoint_table_t *table);

/** Note which mountpoints are watched. */
void cctv_mountpoint_table_note(cctv_mountpoint_table_t *table,
                                const cctv_watched_t *watched,
                                cctv_time_t now);

void cctv_mountpoint_table_free(cctv_mountpoint_table_t *table);

#endif
