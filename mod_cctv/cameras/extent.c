/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file extent.c
 * @brief The smallest box around cameras.
 * Layer: pure.
 */
#include "cameras/extent.h"

#include <math.h>

void cctv_extent_add(cctv_extent_t *extent, double lng, double lat)
{
    extent->box.west = fmin(extent->box.west, lng);
    extent->box.east = fmax(extent->box.east, lng);
    extent->box.south = fmin(extent->box.south, lat);
    extent->box.north = fmax(extent->box.north, lat);
    if (lng >= 0) {
        extent->first_east = fmin(extent->first_east, lng);
    }
    else {
        extent->last_west = fmax(extent->last_west, lng);
    }
}

bool cctv_extent_may_grow(const cctv_extent_t *extent, const cctv_bbox_t *box)
{
    return box->west < extent->box.west || box->east > extent->box.east
           || box->south < extent->box.south || box->north > extent->box.north
           || (box->east >= 0 && fmax(box->west, 0) < extent->first_east)
           || (box->west < 0 && fmin(box->east, 0) > extent->last_west);
}

bool cctv_extent_box(const cctv_extent_t *extent, cctv_bbox_t *out)
{
    double width = extent->box.east - extent->box.west;

    if (width < 0) {
        return false;
    }
    *out = extent->box;
    if (extent->first_east <= 180 && extent->last_west >= -180
        && extent->last_west + 360 - extent->first_east < width) {
        out->west = extent->first_east;
        out->east = extent->last_west;
    }
    return true;
}
