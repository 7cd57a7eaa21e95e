/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file bbox.c
 * @brief A box on the map, in degrees (WGS 84).
 * Layer: pure.
 */
#include "cameras/bbox.h"

#include "http/number.h"

#include <math.h>
#include <string.h>

apr_status_t cctv_bbox_parse(const char *text, cctv_bbox_t *out,
                             const char **why)
{
    double edge[4];
    int i;

    for (i = 0; i < 4; i++) {
        size_t len = strcspn(text, ",");

        if ((text[len] == ',') != (i < 3)) {
            *why = "bbox has to be four numbers: west,south,east,north.";
            return APR_EINVAL;
        }
        if (!cctv_number_parse_double(text, len, &edge[i])) {
            *why = "bbox has to be four finite decimal numbers in degrees: "
                   "west,south,east,north.";
            return APR_EINVAL;
        }
        text += len + 1;
    }
    if (fabs(edge[0]) > 180 || fabs(edge[2]) > 180) {
        *why = "The west and east of bbox have to lie within -180 and 180.";
        return APR_EINVAL;
    }
    if (fabs(edge[1]) > 90 || fabs(edge[3]) > 90) {
        *why = "The south and north of bbox have to lie within -90 and 90.";
        return APR_EINVAL;
    }
    if (edge[1] > edge[3]) {
        *why = "The south of bbox must not lie north of its north.";
        return APR_EINVAL;
    }
    out->west = edge[0];
    out->south = edge[1];
    out->east = edge[2];
    out->north = edge[3];
    return APR_SUCCESS;
}
