/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file filter.h
 * @brief Which cameras a request asks for, and which the requester may see.
 * Layer: pure.
 */
#ifndef CCTV_CAMERAS_FILTER_H
#define CCTV_CAMERAS_FILTER_H

#include "cameras/bbox.h"
#include "cameras/words.h"

#include "apr_pools.h"
#include "apr_tables.h"

#include <stdbool.h>

typedef struct {
    /** Whether `bbox` is set; false also if the box is the whole world. */
    bool has_bbox;
    cctv_bbox_t bbox;
    /**
     * Names (const char *) of the roles asked for or allowed. NULL: all roles.
     * An empty array: no role, and so no camera.
     */
    const apr_array_header_t *roles;
    /** "online", "offline" or "unknown"; NULL: any. */
    const char *status;
    /** What to find in names; NULL: any name. */
    const cctv_words_t *words;
    /** Whether only cameras with this `playable` are asked for. */
    bool has_playable;
    bool playable;
    /** Only cameras with a greater id; with a rank: only those after the camera
     *  with this rank and id, in the order of words.h. */
    int after;
    bool has_rank;
    int rank;
    /** The most cameras of a page, 1 or more. */
    int limit;
    /** Whether the cameras nearest to this point are asked for: degrees. */
    bool has_near;
    double near_lng;
    double near_lat;
    /** Whether only cameras are asked for that see this point (sees.h): degrees.
     *  Then `bbox` is the box of the places from which they may. */
    bool has_sees;
    double sees_lng;
    double sees_lat;
    /** Whether the number of all cameras that match is asked for. */
    bool wants_count;
    /** Whether the box around all cameras that match is asked for. */
    bool wants_extent;
    /**
     * The absolute address of this request, which the answer then names in its
     * links, and that of the next page continues it. NULL: the answer names no
     * address of its own, and that of the next page is relative.
     */
    const char *self;
    /** The absolute address of the collection, for the links of one camera.
     *  Not NULL if `self` is not. */
    const char *collection;
} cctv_filter_t;

/** The most characters of the text to find: a name has at most 200
 *  (sql/10-schema.sql). */
#define CCTV_FILTER_TEXT_MAX 200

/** The most names in the parameter role. */
#define CCTV_FILTER_ROLES_MAX 64

/** Cameras per page if the request does not state a limit. */
#define CCTV_FILTER_LIMIT_DEFAULT 1000

/**
 * Parse the query string of a request for the list of cameras.
 *
 * @param pool  owns what the filter points to
 * @param args  the query string; NULL: there is none
 * @param max   the greatest limit, 1 or more; a greater limit is reduced to it
 * @param out   written only on success
 * @param why   written on failure: an English sentence for the client
 * @return APR_SUCCESS, or APR_EINVAL
 * Thread-safe.
 */
apr_status_t cctv_filter_parse(apr_pool_t *pool, const char *args, int max,
                               cctv_filter_t *out, const char **why);

/**
 * Split a list of names such as "traffic, police" at its commas, without the
 * blanks around names. Empty names and names that are not UTF-8 cannot be
 * roles and are left out. Thread-safe.
 */
apr_array_header_t *cctv_roles_split(apr_pool_t *pool, const char *list);

/**
 * As cctv_roles_split(), and add the parts of a name with semicolons:
 * mod_authnz_ldap joins the values of an attribute by "; ". The name itself
 * stays, because it may be a role as well. Blanks are part of a name.
 * Thread-safe.
 */
apr_array_header_t *cctv_roles_split_values(apr_pool_t *pool,
                                            const char *list);

/**
 * Remove the roles that a requester may not see from a filter.
 *
 * @param allowed  NULL: all roles are allowed
 * Thread-safe.
 */
void cctv_filter_restrict(apr_pool_t *pool, cctv_filter_t *filter,
                          const apr_array_header_t *allowed);

/**
 * Make the query string for the page after camera `after`; all other
 * parameters are those of the request.
 *
 * @param args  the query string of the request; NULL: there is none
 * @param rank  of this camera (words.h); -1: the list has no words
 * @return allocated from pool
 * Thread-safe.
 */
const char *cctv_filter_next(apr_pool_t *pool, const char *args, int rank,
                             int after);

#endif
