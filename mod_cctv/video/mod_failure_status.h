/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_failure_status.h
 * @brief A background task that writes to the database which cameras have
 *        failed.
 * Layer: httpd.
 *
 * A request that finds a dead camera only notes the failure in shared memory
 * (failures.h). It cannot write to the database itself: it may already hold a
 * pooled connection, and if it waited for a second one, it could block all
 * requests when the pool is small.
 */
#ifndef CCTV_VIDEO_MOD_FAILURE_STATUS_H
#define CCTV_VIDEO_MOD_FAILURE_STATUS_H

#include "video/keeper_lists.h"

#include "httpd.h"

/** Write the names of new failures, set the status of cameras that cannot be
 *  watched to "offline", and remove the names of failures that are over. A
 *  failure waits while the other stream of the camera plays. One thread of the
 *  whole server calls this, once a second. Each call makes a bounded number of
 *  queries, and the next call goes on where it stopped.
 *  @param s        a server with a database
 *  @param is_told  whether cctv_watcher_tell() takes cameras offline: then only
 *                  what viewers see of a camera that sends is written, and that
 *                  a camera works again */
void cctv_failure_status_tell(server_rec *s, const cctv_keeper_lists_t *lists,
                              bool is_told, apr_pool_t *pool);

#endif
