/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file sees.c
 * @brief Which cameras see a spot: the parameter sees.
 * Layer: pure.
 */
#include "cameras/sees.h"

#include "http/number.h"

#include "apr_strings.h"

#include <math.h>
#include <string.h>

/* The mean radius of the earth, as PostGIS has it: metres. */
#define EARTH 6371008.771415

/* A degree, as radians() of PostgreSQL has it. */
#define DEGREE 0.0174532925199432957692

/* A camera sees what is nearer than this, wherever it looks: metres. */
#define HERE 0.5

/* The members of a Feature that are needed stand among its last bytes. */
#define TAIL 200

/* A box is so much larger than it has to be, because of rounding. */
#define LARGER 1.0001

const char *cctv_sees_condition(apr_pool_t *pool, const char *lng,
                                const char *lat)
{
    return apr_pstrcat(
        pool,
        "COALESCE((SELECT distance <= COALESCE(cameras.range_m, 100) "
        "AND field_of_view IS NOT NULL "
        "AND (distance < 0.5 OR field_of_view >= 360 "
        "OR abs(turn - 360 * floor(turn / 360 + 0.5)) <= field_of_view / 2) "
        "FROM (SELECT 2 * 6371008.771415::float8 * asin(sqrt(LEAST(1, "
        "sin((lat2 - lat1) / 2) * sin((lat2 - lat1) / 2) "
        "+ cos(lat1) * cos(lat2) * (sin(across / 2) * sin(across / 2))))) "
        "AS distance, degrees(atan2(sin(across) * cos(lat2), "
        "cos(lat1) * sin(lat2) - sin(lat1) * cos(lat2) * cos(across))) "
        "- heading AS turn "
        "FROM (SELECT radians(ST_Y(geom)) AS lat1, radians(",
        lat, ") AS lat2, radians(", lng,
        " - ST_X(geom)) AS across) AS angles) AS sector), false)", NULL);
}

void cctv_sees_box(double lng, double lat, cctv_bbox_t *out)
{
    double high = CCTV_SEES_RANGE_MAX * LARGER / EARTH / DEGREE;
    double edge = fabs(lat) + high;
    double wide = edge < 90 ? high / cos(edge * DEGREE) : 360;

    *out = (cctv_bbox_t){ .west = -180,
                          .south = fmax(lat - high, -90),
                          .east = 180,
                          .north = fmin(lat + high, 90) };
    if (wide < 180) {
        out->west = lng - wide < -180 ? lng - wide + 360 : lng - wide;
        out->east = lng + wide > 180 ? lng + wide - 360 : lng + wide;
    }
}

/* @param name  with its quotes and its colon */
static double member(const char *text, size_t length, const char *name)
{
    const char *found = memmem(text, length, name, strlen(name));
    double value;
    size_t size = 0;

    if (found == NULL) {
        return NAN;
    }
    found += strlen(name);
    while (found + size < text + length && strchr(",}", found[size]) == NULL) {
        size++;
    }
    return cctv_number_parse_double(found, size, &value) ? value : NAN;
}

cctv_sight_t cctv_sees_of_feature(cctv_text_t feature)
{
    size_t length = feature.len < TAIL ? feature.len : TAIL;
    const char *text = feature.text + feature.len - length;

    return (cctv_sight_t){ .heading = member(text, length, ",\"heading\":"),
                           .field_of_view = member(text, length,
                                                   ",\"field_of_view\":"),
                           .range = member(text, length, ",\"range_m\":") };
}

static double square(double value)
{
    return value * value;
}

bool cctv_sees(const cctv_sight_t *sight, double lng, double lat,
               double spot_lng, double spot_lat)
{
    double lat1 = lat * DEGREE;
    double lat2 = spot_lat * DEGREE;
    double across = (spot_lng - lng) * DEGREE;
    double range = isnan(sight->range) ? CCTV_SEES_RANGE : sight->range;
    double distance = 2 * EARTH
                      * asin(
                          sqrt(fmin(1, square(sin((lat2 - lat1) / 2))
                                           + cos(lat1) * cos(lat2)
                                                 * square(sin(across / 2)))));
    double turn = atan2(sin(across) * cos(lat2),
                        cos(lat1) * sin(lat2)
                            - sin(lat1) * cos(lat2) * cos(across))
                      / DEGREE
                  - sight->heading;

    if (isnan(sight->field_of_view) || !(distance <= range)) {
        return false;
    }
    return distance < HERE || sight->field_of_view >= 360
           || fabs(turn - 360 * floor(turn / 360 + 0.5))
                  <= sight->field_of_view / 2;
}
