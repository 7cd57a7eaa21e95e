/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_logs.h
 * @brief The life of the event logs: opened by the parent, before it gives up
 *        its privileges; written by one child; opened anew at a reload.
 * Layer: httpd.
 */
#ifndef CCTV_EVENTS_MOD_LOGS_H
#define CCTV_EVENTS_MOD_LOGS_H

#include "events/memory.h"

#include "httpd.h"

/** The function of the hook open_logs: open all logs, as httpd opens its
 *  own. */
int cctv_logs_open(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                   server_rec *s);

/** What is asked about views. */
typedef struct {
    /** Whether a slot of the table of views waits to be recovered. */
    bool (*is_recovered)(uint32_t slot);
    /** Called at the end of the server: put the last events into the queue.
     *  @param write  call it before the queue is full */
    void (*end)(void (*write)(void));
} cctv_logs_views_t;

/**
 * Let the children of this generation write the logs that have been opened.
 * When pconf ends, nobody writes any more; at the end of the server what is
 * left is written before that.
 */
void cctv_logs_begin(apr_pool_t *pconf, server_rec *s, cctv_events_t *events,
                     const cctv_logs_views_t *views);

/** The background task. */
void cctv_logs_write(cctv_time_t now, apr_pool_t *pool);

#endif
