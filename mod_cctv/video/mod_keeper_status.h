/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_keeper_status.h
 * @brief A task of the keeper: write to the database which cameras are online.
 * Layer: httpd.
 */
#ifndef CCTV_VIDEO_MOD_KEEPER_STATUS_H
#define CCTV_VIDEO_MOD_KEEPER_STATUS_H

#include "video/keeper_lists.h"
#include "video/mod_watcher.h"

#include "httpd.h"

typedef struct {
    server_rec *database; /**< a server with a database */
    cctv_keeper_lists_t lists;
    cctv_watcher_t watcher;
} cctv_keeper_status_t;

/** Write all new statuses, and the cameras that have failed
 *  (mod_failure_status.h). The call waits for the database, up to the limits
 *  of the database part. */
void cctv_keeper_status(cctv_keeper_status_t *status, apr_pool_t *pool);

#endif
