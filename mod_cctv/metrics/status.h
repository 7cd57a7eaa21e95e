/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file status.h
 * @brief The module's section of mod_status's page, /server-status.
 * Layer: httpd.
 */
#ifndef CCTV_METRICS_STATUS_H
#define CCTV_METRICS_STATUS_H

#include "httpd.h"

#include <stdbool.h>

/** Hook status_hook of mod_status: a table, or with ?auto lines. */
int cctv_status_hook(request_rec *r, int flags);

/** Register that hook; nothing happens where mod_status is not loaded. */
void cctv_status_register(void);

/** Whether the databases answer, as far as is known: all that virtual hosts
 *  use, since /metrics and /server-status are of the whole server. */
bool cctv_status_is_db_up(void);

#endif
