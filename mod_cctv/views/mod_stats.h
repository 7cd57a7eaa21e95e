/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_stats.h
 * @brief The interface of the quality part, which counts the member "stats" of
 *        heartbeats.
 * Layer: httpd.
 */
#ifndef CCTV_VIEWS_MOD_STATS_H
#define CCTV_VIEWS_MOD_STATS_H

#include "views/views.h"

#include "httpd.h"

#include <jansson.h>

typedef struct {
    /** Note that a request has started a view. */
    void (*begin)(request_rec *r, const cctv_view_t *view);

    /**
     * Read the member "stats".
     *
     * @param wrong  on failure gets a sentence that says what is wrong
     * @return a report for note(), in the request's pool; NULL: a value is
     *         wrong
     */
    const void *(*read)(request_rec *r, const json_t *stats,
                        const char **wrong);

    /** Count the report of a view that plays. */
    void (*note)(const cctv_view_t *view, const void *report);
} cctv_stats_ops_t;

/** Set the operations, which have to live as long as the process. Not
 *  thread-safe: call it before the process has threads. */
void cctv_stats_register(const cctv_stats_ops_t *ops);

/** @return the operations; NULL: nobody counts stats */
const cctv_stats_ops_t *cctv_stats(void);

#endif
