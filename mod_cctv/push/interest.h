/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file interest.h
 * @brief Which cameras a client of changes wants and may see.
 * Layer: pure.
 */
#ifndef CCTV_PUSH_INTEREST_H
#define CCTV_PUSH_INTEREST_H

#include "cameras/filter.h"
#include "memory/segment.h"
#include "push/ring.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * A filter with hashes in place of names, so that it also fits cameras as they
 * were before a change.
 */
typedef struct {
    bool has_bbox;
    int status; /**< cctv_camera_status_t; -1: any */
    /** -1: all roles */
    int role_count;
    cctv_bbox_t bbox;
    uint64_t roles[]; /**< keyed hashes */
} cctv_interest_t;

/** The keyed hash of the name of a role. Thread-safe. */
uint64_t cctv_interest_role(const cctv_segment_t *segment, const char *name,
                            size_t length);

/** The most roles of an interest. */
#define CCTV_INTEREST_ROLES_MAX 1024

/** The size of the interest of a filter in bytes. */
size_t cctv_interest_size(const cctv_filter_t *filter);

/**
 * Make an interest of the box, the roles and the status of a filter. Roles
 * after the first CCTV_INTEREST_ROLES_MAX are left out.
 *
 * @param out  cctv_interest_size() bytes, aligned to 8
 * Thread-safe.
 */
void cctv_interest_init(const cctv_segment_t *segment,
                        const cctv_filter_t *filter, cctv_interest_t *out);

/** Whether a camera at this spot is among the cameras. Thread-safe. */
bool cctv_interest_has(const cctv_interest_t *interest,
                       const cctv_spot_t *spot);

/**
 * A hash of the roles that a client may see, whatever their order.
 *
 * @param roles  names (const char *); NULL: all
 * Thread-safe.
 */
uint32_t cctv_interest_hash_roles(const cctv_segment_t *segment,
                                  const apr_array_header_t *roles);

/**
 * Parse the query string of a request for changes.
 *
 * @param pool   owns what is written
 * @param args   the query string; NULL: there is none
 * @param after  the text of the cursor; NULL: none
 * @param out    written only on success: the box, the roles and the status
 * @param why    written on failure: an English sentence for the client
 * @return APR_SUCCESS, or APR_EINVAL
 * Thread-safe.
 */
apr_status_t cctv_interest_parse(apr_pool_t *pool, const char *args,
                                 const char **after, cctv_filter_t *out,
                                 const char **why);

#endif
