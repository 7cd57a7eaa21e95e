/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mountpoint_table.h
 * @brief The keeper's table of the mountpoints of mod_cctv in Janus.
 * Layer: pure.
 */
#ifndef CCTV_VIDEO_MOUNTPOINT_TABLE_H
#define CCTV_VIDEO_MOUNTPOINT_TABLE_H

#include "video/freshness.h"
#include "janus/mountpoint.h"
#include "video/watched.h"

typedef struct {
    int64_t id;
    int32_t camera;
    bool is_pulled;
    bool is_watched;
    bool has_old_pin; /**< it was watched after the last change of its pin */
    cctv_time_t last_watched;
    cctv_freshness_t freshness;
} cctv_mountpoint_entry_t;

/** A table sorted by id. All zero: it is empty. Not thread-safe. */
typedef struct {
    cctv_mountpoint_entry_t *at;
    size_t count;
    size_t room;
} cctv_mountpoint_table_t;

/** @return the entry of a mountpoint; NULL: there is none */
cctv_mountpoint_entry_t *
cctv_mountpoint_table_find(const cctv_mountpoint_table_t *table, int64_t id);

/**
 * Add a mountpoint from Janus's list to a new table. What the old table knows
 * about it is kept. If memory is short, the mountpoint may be missing. Call
 * cctv_mountpoint_table_sort() after the last one.
 */
void cctv_mountpoint_table_add(cctv_mountpoint_table_t *table,
                               const cctv_mountpoint_table_t *before,
                               const cctv_mountpoint_t *mountpoint,
                               cctv_time_t now);

/** @return the entry that was added last, if the table is not sorted yet;
 *  NULL: the table is empty */
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

/** @return whether a mountpoint has sent packets lately */
bool cctv_mountpoint_table_is_online(const cctv_mountpoint_table_t *table,
                                     int64_t id);

/**
 * What a mountpoint says about its camera, which is online while one of its
 * streams is.
 *
 * @param entry  of the table, which is sorted
 * @return "online" or "offline"; NULL: nothing, or nothing yet
 */
const char *cctv_mountpoint_table_status(const cctv_mountpoint_table_t *table,
                                         const cctv_mountpoint_entry_t *entry);

/**
 * The status of a camera that has to be written to the database. A camera is
 * online while one of its streams is.
 *
 * @param entry  of the table, which is sorted
 * @return "online" or "offline"; NULL: there is no news
 */
const char *cctv_mountpoint_table_news(const cctv_mountpoint_table_t *table,
                                       const cctv_mountpoint_entry_t *entry);

void cctv_mountpoint_table_free(cctv_mountpoint_table_t *table);

#endif
