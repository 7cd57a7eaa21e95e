/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file sees.h
 * @brief Which cameras see a spot: the parameter sees.
 * Layer: pure.
 *
 * A camera sees what is within its range and its field of view. Its sector is
 * that of a sphere. A camera without a field of view sees nothing that is known;
 * nor does one without a heading, unless it looks all around.
 *
 * The SQL computes the same from the same numbers, so that a list of the
 * catalogue and one of the database are equal.
 */
#ifndef CCTV_CAMERAS_SEES_H
#define CCTV_CAMERAS_SEES_H

#include "cameras/bbox.h"
#include "cameras/camera.h"

#include "apr_pools.h"

/** The range of a camera whose range_m is not known, and the greatest one that
 *  the table may have: metres. */
#define CCTV_SEES_RANGE     100
#define CCTV_SEES_RANGE_MAX 10000

/** The box of all places from which a camera may see a spot.
 *  @param lng, lat  within ±180 and ±90 */
void cctv_sees_box(double lng, double lat, cctv_bbox_t *out);

/** How a camera looks; as numbers, NaN: not known. */
typedef struct {
    double heading;
    double field_of_view;
    double range;
} cctv_sight_t;

/** Read how a camera looks from its Feature (geojson.h). */
cctv_sight_t cctv_sees_of_feature(cctv_text_t feature);

/** Whether a camera at a place sees a spot. */
bool cctv_sees(const cctv_sight_t *sight, double lng, double lat,
               double spot_lng, double spot_lat);

/** The same as a condition of SQL.
 *  @param lng, lat  of the spot: SQL of type float8. @return allocated from
 *                   pool */
const char *cctv_sees_condition(apr_pool_t *pool, const char *lng,
                                const char *lat);

#endif
