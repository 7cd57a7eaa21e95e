/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file bbox.h
 * @brief A box on the map, in degrees (WGS 84).
 * Layer: pure.
 */
#ifndef CCTV_CAMERAS_BBOX_H
#define CCTV_CAMERAS_BBOX_H

#include "apr_errno.h"

#include <stdbool.h>

/**
 * A position is inside if west ≤ lng ≤ east and south ≤ lat ≤ north. If west >
 * east, the first condition is: lng ≥ west or lng ≤ east (RFC 7946, 5.2).
 */
typedef struct {
    double west;
    double south;
    double east;
    double north;
} cctv_bbox_t;

/**
 * Parse "west,south,east,north" in degrees, or, with heights that are ignored,
 * "west,south,low,east,north,high". Blanks around numbers are skipped.
 *
 * - A box that is 360 or more wide becomes -180 to 180. Other longitudes beyond
 *   ±180 are wrapped: "170,-10,190,10" is the box from 170 to -170. A box that
 *   ends at the antimeridian after that contains both -180 and 180.
 * - Edges that are up to 1e-9 beyond ±180 and ±90 are taken for ±180 and ±90.
 * - Latitudes further beyond ±90 are an error, as is a south beyond north.
 *
 * The edges of the result are within ±180 and ±90, and west > east only in a
 * box that crosses the antimeridian.
 *
 * @param text  NUL-terminated; not modified, not kept
 * @param out   written only on success
 * @param why   written on failure: a static English sentence for the client
 * @return APR_SUCCESS, or APR_EINVAL
 * Thread-safe. Allocates nothing.
 */
apr_status_t cctv_bbox_parse(const char *text, cctv_bbox_t *out,
                             const char **why);

/** Whether the box crosses the antimeridian. */
static inline bool cctv_bbox_is_crossing(const cctv_bbox_t *box)
{
    return box->west > box->east;
}

/** Whether the box contains every valid position. */
static inline bool cctv_bbox_is_world(const cctv_bbox_t *box)
{
    return box->west == -180 && box->east == 180 && box->south == -90
           && box->north == 90;
}

#endif
