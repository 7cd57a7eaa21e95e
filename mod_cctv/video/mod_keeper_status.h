/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_keeper_status.h
 * @brief A task of the keeper: tell the database which cameras are online.
 * Layer: httpd.
 */
#ifndef CCTV_VIDEO_MOD_KEEPER_STATUS_H
#define CCTV_VIDEO_MOD_KEEPER_STATUS_H

#include "video/keeper_mountpoints.h"

#include "httpd.h"

typedef struct {
    server_rec *database; /**< a server that has one */
    cctv_keeper_mountpoints_t *mountpoints;
} cctv_keeper_status_t;

/** One round. It waits for the database no longer than its limits, and
 *  nothing else waits for it. */
void cctv_keeper_status(cctv_keeper_status_t *status, apr_pool_t *pool);

#endif
