/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_keeper_status.c
 * @brief A task of the keeper: write to the database which cameras are online.
 * Layer: httpd.
 */
#include "video/mod_keeper_status.h"

#include "cameras/mod_source.h"
#include "video/mod_failure_status.h"

static void tell_status(cctv_keeper_status_t *status, apr_pool_t *pool)
{
    const char *word;
    int64_t id = 0;

    while (cctv_keeper_mountpoints_news(status->mountpoints, id, &id, &word)) {
        if (cctv_source_set_status(status->database, pool,
                                   cctv_mountpoint_camera(id), word)
            != OK) {
            return;
        }
        cctv_keeper_mountpoints_told(status->mountpoints, id, word);
    }
}

void cctv_keeper_status(cctv_keeper_status_t *status, apr_pool_t *pool)
{
    tell_status(status, pool);
    cctv_failure_status_tell(status->database, pool);
}
