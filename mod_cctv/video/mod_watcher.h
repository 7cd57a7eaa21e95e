/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_watcher.h
 * @brief Tells the database which cameras this server receives and which fail,
 *        where several servers (CCTVRoute) watch the same cameras.
 * Layer: httpd.
 *
 * Each server tells all it knows every 10 s, and at each change. A camera is
 * online while any of them receives it, and offline when one fails to receive it
 * and no other does (cctv_note_watcher() in sql/20-roles.sql). So a server that
 * cannot reach a camera does not take it offline for the others.
 */
#ifndef CCTV_VIDEO_MOD_WATCHER_H
#define CCTV_VIDEO_MOD_WATCHER_H

#include "video/keeper_lists.h"

#include "httpd.h"

#include <stdbool.h>

/** What was told last. All zero at the start; belongs to one keeper. */
typedef struct {
    uint64_t told;    /**< a hash of it */
    cctv_time_t due;  /**< when it is told again, changed or not */
    cctv_time_t look; /**< when a change is looked for next */
    bool is_on;
} cctv_watcher_t;

/** Whether the database takes statuses of several servers: then only
 *  cctv_watcher_tell() takes cameras offline. */
static inline bool cctv_watcher_is_on(const cctv_watcher_t *watcher)
{
    return watcher->is_on;
}

/**
 * Tell the database, if that is due. The call waits for the database, up to the
 * limits of the database part. Without CCTVRoute nothing is told.
 */
void cctv_watcher_tell(cctv_watcher_t *watcher, server_rec *database,
                       const cctv_keeper_lists_t *mountpoints,
                       apr_pool_t *pool);

#endif
