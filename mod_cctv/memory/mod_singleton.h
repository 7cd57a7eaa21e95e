/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_singleton.h
 * @brief Background threads that run in one child of the server
 *        (mod_watchdog).
 * Layer: httpd.
 */
#ifndef CCTV_MEMORY_MOD_SINGLETON_H
#define CCTV_MEMORY_MOD_SINGLETON_H

#include "httpd.h"
#include "mod_watchdog.h"

#include <stdbool.h>

/** @return whether mod_watchdog is loaded */
bool cctv_watchdog_exists(void);

/**
 * Call a function at regular intervals, in a thread of its own in one child.
 * When that child ends, another child continues. Call it while configuring.
 *
 * @param name      the name of the watchdog; it starts with '_', so that it
 *                  cannot be confused with a watchdog of the administrator
 * @param interval  µs
 * @return APR_ENOTIMPL: mod_watchdog is not loaded
 */
apr_status_t cctv_watchdog_start(apr_pool_t *pconf, const char *name,
                                 apr_interval_time_t interval,
                                 ap_watchdog_callback_fn_t *callback);

#endif
