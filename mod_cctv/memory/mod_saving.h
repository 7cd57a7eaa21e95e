/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_saving.h
 * @brief When the state file is read and written, and by which process.
 * Layer: httpd.
 */
#ifndef CCTV_MEMORY_MOD_SAVING_H
#define CCTV_MEMORY_MOD_SAVING_H

#include "core/clock.h"

#include "httpd.h"

#include <stdbool.h>

/** While configuring. @return whether there is a state file */
bool cctv_saving_begin(server_rec *main_server);

/**
 * Load the state file into a new segment, and mark the file as not clean. In
 * the parent; blocks for a minute at most.
 */
void cctv_saving_restore(void);

/** A background task: write the file when it is time. */
void cctv_saving_step(cctv_time_t now, apr_pool_t *pool);

/**
 * In the parent, when the configuration is cleared: at the end of the server,
 * when no child runs any more, write the file. Not at a reload, which keeps
 * the memory.
 */
void cctv_saving_end(void);

#endif
