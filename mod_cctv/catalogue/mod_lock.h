/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_lock.h
 * @brief Only one Apache at a time writes to the folder of a catalogue.
 * Layer: httpd.
 *
 * The parent process locks the folder itself (flock), from its first
 * configuration to its end. The kernel takes the lock back, however the process
 * ends. Another Apache with the same folder leaves it alone: its database
 * answers every request, until the first one has ended.
 */
#ifndef CCTV_CATALOGUE_MOD_LOCK_H
#define CCTV_CATALOGUE_MOD_LOCK_H

#include "httpd.h"

/** In post_config, in the parent, as often as the configuration is read: lock
 *  the folders of the catalogues, and note which ones another Apache has. */
void cctv_lock_folders(void);

/** Hook monitor: try again. */
int cctv_lock_monitor(apr_pool_t *p, server_rec *s);

/** Hook child_init: a child must not keep a lock after its parent has ended. */
void cctv_lock_child_init(void);

#endif
