/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.h
 * @brief The database as a part of the module.
 * Layer: httpd.
 */
#ifndef CCTV_DATABASE_MOD_PART_H
#define CCTV_DATABASE_MOD_PART_H

#include "core/mod_part.h"
#include "database/counters.h"

extern const cctv_part_t cctv_database_part;

/** The counters in shared memory. Valid from post_config on. */
cctv_database_counters_t *cctv_database_counters(void);

/** Whether the databases of all virtual hosts answer, as far as is known. */
bool cctv_database_is_up(void);

#endif
