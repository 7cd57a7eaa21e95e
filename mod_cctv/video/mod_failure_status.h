/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_failure_status.h
 * @brief Tells the database which cameras have failed, in the background.
 * Layer: httpd.
 *
 * A request that finds a camera dead only notes it in shared memory
 * (failures.h): it may hold a pooled connection already, and one that waits
 * for a second connection blocks all others where the pool is small.
 */
#ifndef CCTV_VIDEO_MOD_FAILURE_STATUS_H
#define CCTV_VIDEO_MOD_FAILURE_STATUS_H

#include "httpd.h"

/** Set the status of cameras that have failed to "offline". For one thread
 *  of the whole server, once a second; each call does a bounded part.
 *  @param s  a server with a database */
void cctv_failure_status_tell(server_rec *s, apr_pool_t *pool);

#endif
