/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_refresh.h
 * @brief Keeps the catalogues up to date: a background task.
 * Layer: httpd.
 */
#ifndef CCTV_CATALOGUE_MOD_REFRESH_H
#define CCTV_CATALOGUE_MOD_REFRESH_H

#include "core/clock.h"

#include "httpd.h"

/** The functions of the task (cctv_task_t), which has a thread of its own. */
void cctv_refresh_step(cctv_time_t now, apr_pool_t *pool);
void cctv_refresh_stop(void);

#endif
