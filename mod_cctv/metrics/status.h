/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file status.h
 * @brief The module's section of mod_status's page /server-status, and what
 *        else says how the server is.
 * Layer: httpd.
 */
#ifndef CCTV_METRICS_STATUS_H
#define CCTV_METRICS_STATUS_H

#include "httpd.h"

#include <stdbool.h>

/** The status_hook of mod_status: prints a table, or lines for ?auto. */
int cctv_status_hook(request_rec *r, int flags);

/** Register that hook. It does nothing unless mod_status is loaded. */
void cctv_status_register(void);

/** Whether the databases of all virtual hosts answer, as far as is known:
 *  /metrics and /server-status describe the whole server. */
bool cctv_status_is_db_up(void);

/** "off" without CCTVJanusURL, "down" while Janus is known not to answer,
 *  "up" otherwise. Static. */
const char *cctv_status_video(void);

/** Log a warning when the table of label sets runs short or full: once for
 *  each, over all processes. To be called every second or so. */
void cctv_status_report_room(const server_rec *s);

#endif
