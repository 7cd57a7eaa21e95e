/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file extent.h
 * @brief The smallest box around cameras.
 * Layer: pure.
 */
#ifndef CCTV_CAMERAS_EXTENT_H
#define CCTV_CAMERAS_EXTENT_H

#include "cameras/bbox.h"

/** What is known of some positions: degrees. Start with CCTV_EXTENT_NONE. */
typedef struct {
    /** The box around them that does not cross the antimeridian. */
    cctv_bbox_t box;
    double first_east; /**< the least longitude that is not negative */
    double last_west;  /**< the greatest longitude that is negative */
} cctv_extent_t;

#define CCTV_EXTENT_NONE                                                      \
    {                                                                         \
        { 181, 91, -181, -91 }, 181, -181                                     \
    }

/** Add a position. */
void cctv_extent_add(cctv_extent_t *extent, double lng, double lat);

/** Whether positions in this box, which does not cross the antimeridian, may
 *  change the extent. */
bool cctv_extent_may_grow(const cctv_extent_t *extent, const cctv_bbox_t *box);

/**
 * The box around all positions: of the two that there are, the narrower one. It
 * may cross the antimeridian.
 *
 * @param out  written only on success
 * @return false: there is no position
 */
bool cctv_extent_box(const cctv_extent_t *extent, cctv_bbox_t *out);

#endif
