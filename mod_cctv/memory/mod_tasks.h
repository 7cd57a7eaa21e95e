/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_tasks.h
 * @brief Runs the background tasks of all parts (mod_watchdog).
 * Layer: httpd.
 *
 * One child runs the tasks for the whole server. Each task runs in one process
 * at a time (memory/lease.h). When that child ends, another child continues:
 * at once after a reload, and after up to 10 s if the child was killed.
 */
#ifndef CCTV_MEMORY_MOD_TASKS_H
#define CCTV_MEMORY_MOD_TASKS_H

#include "httpd.h"

/** Start the tasks. Call it while configuring. */
void cctv_tasks_start(apr_pool_t *pconf, server_rec *s);

#endif
