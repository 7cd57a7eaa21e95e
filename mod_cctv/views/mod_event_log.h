/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_event_log.h
 * @brief The interface of the events part: what it has to know about requests.
 * Layer: httpd.
 *
 * View_listener.h tells it what happens to views.
 */
#ifndef CCTV_VIEWS_MOD_EVENT_LOG_H
#define CCTV_VIEWS_MOD_EVENT_LOG_H

#include "views/views.h"

#include "httpd.h"

#include <stdbool.h>

typedef struct {
    /** Whether there is an event log. */
    bool (*is_on)(void);
    /** Note who is about to start a view whose slot has been reserved. Not
     *  called unless there is an event log. */
    void (*describe)(request_rec *r, const cctv_viewer_t *viewer,
                     const cctv_view_t *view);
    /**
     * Tell that a request could not start a view. Not called unless there is an
     * event log.
     *
     * @param reason  a label
     */
    void (*refused)(request_rec *r, const cctv_viewer_t *viewer,
                    const char *reason);
} cctv_event_log_ops_t;

/** Set the operations, which have to live as long as the process. Not
 *  thread-safe: call it before the process has threads. */
void cctv_event_log_register(const cctv_event_log_ops_t *ops);

/** @return the operations; NULL: there is no event log */
const cctv_event_log_ops_t *cctv_event_log(void);

#endif
