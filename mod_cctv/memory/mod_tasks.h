/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_tasks.h
 * @brief Runs the background tasks of all parts, by mod_watchdog.
 * Layer: httpd.
 *
 * One child runs them for the whole server, each task in one process at a time
 * (guard/single.h). Another child continues when that one ends: at once after
 * a reload, after up to 10 s when it was killed.
 */
#ifndef CCTV_MEMORY_MOD_TASKS_H
#define CCTV_MEMORY_MOD_TASKS_H

#include "httpd.h"

/** In child_init, before that of mod_watchdog: the tasks end before the pool of
 *  the process does. */
void cctv_tasks_child_init(apr_pool_t *pchild);

/** While configuring. */
void cctv_tasks_start(apr_pool_t *pconf, server_rec *s);

#endif
