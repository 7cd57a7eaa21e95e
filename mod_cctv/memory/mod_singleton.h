/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_singleton.h
 * @brief A thread of the whole server, by mod_watchdog.
 * Layer: httpd.
 */
#ifndef CCTV_MEMORY_MOD_SINGLETON_H
#define CCTV_MEMORY_MOD_SINGLETON_H

#include "httpd.h"
#include "mod_watchdog.h"

/**
 * Let one child call a function every now and then, in a thread of its own;
 * another child goes on where that one ends. While configuring.
 *
 * @param name      of the watchdog; it starts with '_', so that it is not
 *                  taken for one of the administrator's
 * @param interval  µs
 * @return APR_ENOTIMPL: mod_watchdog is not loaded
 */
apr_status_t cctv_watchdog_start(apr_pool_t *pconf, const char *name,
                                 apr_interval_time_t interval,
                                 ap_watchdog_callback_fn_t *callback);

#endif
