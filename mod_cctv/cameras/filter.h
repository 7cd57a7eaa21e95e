/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file filter.h
 * @brief Which cameras a request asks for, and which it may see.
 * Layer: pure.
 */
#ifndef CCTV_CAMERAS_FILTER_H
#define CCTV_CAMERAS_FILTER_H

#include "cameras/bbox.h"

#include "apr_pools.h"
#include "apr_tables.h"

#include <stdbool.h>

typedef struct {
    /** false also for the box that is the whole world. */
    bool has_bbox;
    cctv_bbox_t bbox;
    /** Names (const char *) of the roles asked for or allowed. NULL: every
     *  role. Without an element: no role, so no camera. */
    const apr_array_header_t *roles;
    /** "online", "offline" or "unknown"; NULL: any. */
    const char *status;
    /** Text to find in names without case; NULL: any name. */
    const char *text;
    /** Cameras with a greater id only. */
    int after;
    /** The most cameras of a page, 1 or more. */
    int limit;
} cctv_filter_t;

/** Names in the parameter role at most. */
#define CCTV_FILTER_ROLES_MAX 64

/** Cameras on a page where the request does not say how many. */
#define CCTV_FILTER_LIMIT_DEFAULT 1000

/**
 * Read the query string of the list.
 *
 * @param pool  what the filter points to lives there
 * @param args  the query string; NULL means none
 * @param max   the greatest limit, 1 or more; greater ones are cut to it
 * @param out   written only on success
 * @param why   on failure, an English sentence for the client
 * @return APR_SUCCESS, or APR_EINVAL
 * Thread-safe.
 */
apr_status_t cctv_filter_parse(apr_pool_t *pool, const char *args, int max,
                               cctv_filter_t *out, const char **why);

/** The names in a list such as "traffic, police": between commas, without
 *  blanks around them. Empty ones and what is not UTF-8 can be no role and are
 *  left out. Thread-safe. */
apr_array_header_t *cctv_roles_split(apr_pool_t *pool, const char *list);

/**
 * Take away from a filter the roles that a requester may not see.
 *
 * @param allowed  NULL: all are allowed
 * Thread-safe.
 */
void cctv_filter_restrict(apr_pool_t *pool, cctv_filter_t *filter,
                          const apr_array_header_t *allowed);

/**
 * The query string that goes on behind camera `after` with everything else
 * as it was asked for.
 *
 * @param args  the query string of the request; NULL means none
 * @return from pool. Thread-safe.
 */
const char *cctv_filter_next(apr_pool_t *pool, const char *args, int after);

#endif
