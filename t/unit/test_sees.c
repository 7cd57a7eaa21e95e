/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "cameras/sees.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Metres of a degree along a meridian. */
#define METRES 111195.08

static cctv_sight_t sight(double heading, double field_of_view, double range)
{
    return (cctv_sight_t){ heading, field_of_view, range };
}

START_TEST(what_a_camera_sees)
{
    static const struct {
        double heading, field_of_view, range;
        double east, north; /* where the spot is: metres */
        bool sees;
    } cases[] = {
        { 0, 90, NAN, 0, 50, true },     { 0, 90, NAN, 0, 99, true },
        { 0, 90, NAN, 0, 101, false },   { 0, 90, 200, 0, 199, true },
        { 0, 90, 200, 0, 201, false },   { 0, 90, 20, 0, 21, false },
        { 0, 90, NAN, 0, -50, false },   { 0, 90, NAN, 49, 50, true },
        { 0, 90, NAN, 51, 50, false },   { 0, 90, NAN, -49, 50, true },
        { 0, 90, NAN, -51, 50, false },  { 359, 10, NAN, 3, 50, true },
        { 359, 10, NAN, 4, 50, false },  { 1, 10, NAN, -3, 50, true },
        { 90, 60, NAN, 50, 0, true },    { 180, 60, NAN, 0, -50, true },
        { 270, 60, NAN, -50, 0, true },  { 270, 60, NAN, 50, 0, false },
        { 180, 359, NAN, 0, 50, false }, { 180, 359, NAN, 1, 50, true },
        { NAN, 360, NAN, 3, -60, true }, { NAN, 359, NAN, 3, -60, false },
        { 0, NAN, NAN, 0, 50, false },   { NAN, NAN, NAN, 0, 0, false },
        { 180, 10, NAN, 0, 0.2, true },  { NAN, 10, NAN, 0, 0, true },
    };
    static const double places[][2] = { { 0, 0 },      { 13.4, 52.5 },
                                        { 180, 60 },   { -180, -60 },
                                        { 100, 85.0 }, { -122, 37 } };
    size_t i, k;

    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (k = 0; k < sizeof places / sizeof places[0]; k++) {
            double lng = places[k][0];
            double lat = places[k][1];
            double across = cases[i].east / METRES / cos(lat * M_PI / 180);
            cctv_sight_t each = sight(cases[i].heading, cases[i].field_of_view,
                                      cases[i].range);

            ck_assert_msg(cctv_sees(&each, lng, lat, lng + across,
                                    lat + cases[i].north / METRES)
                              == cases[i].sees,
                          "case %zu at place %zu", i, k);
        }
    }
}
END_TEST

static bool is_in(const cctv_bbox_t *box, double lng, double lat)
{
    bool is_between = cctv_bbox_is_crossing(box)
                          ? lng >= box->west || lng <= box->east
                          : lng >= box->west && lng <= box->east;

    return is_between && lat >= box->south && lat <= box->north;
}

static double any(double low, double high)
{
    return low + (high - low) * drand48();
}

START_TEST(the_box_has_all_cameras_that_may_see_a_spot)
{
    int seen = 0;
    int i;

    srand48(7);
    for (i = 0; i < 200000; i++) {
        cctv_sight_t all = sight(NAN, 360, CCTV_SEES_RANGE_MAX);
        double lat = any(-90, 90);
        double lng = any(-180, 180);
        double wide = 0.1 / fmax(cos(lat * M_PI / 180), 0.0006);
        double camera_lat = lat + any(-0.1, 0.1);
        double camera_lng = lng + any(-wide, wide);
        cctv_bbox_t box;

        if (i % 4 == 0) {
            lng = i % 8 == 0 ? 180 : -180;
            camera_lng = lng + any(-wide, wide);
        }
        camera_lng -= 360 * floor((camera_lng + 180) / 360);
        camera_lat = fmax(-90, fmin(90, camera_lat));
        cctv_sees_box(lng, lat, &box);
        ck_assert(fabs(box.west) <= 180 && fabs(box.east) <= 180);
        ck_assert(box.south >= -90 && box.north <= 90);
        if (cctv_sees(&all, camera_lng, camera_lat, lng, lat)) {
            seen++;
            ck_assert_msg(is_in(&box, camera_lng, camera_lat),
                          "%g %g from %g %g", lng, lat, camera_lng,
                          camera_lat);
        }
    }
    ck_assert_int_gt(seen, 50000);
}
END_TEST

static cctv_sight_t of(const char *text)
{
    return cctv_sees_of_feature((cctv_text_t){ text, strlen(text) });
}

START_TEST(a_feature_says_how_a_camera_looks)
{
    cctv_sight_t found = of("{\"type\":\"Feature\",\"id\":1,\"properties\":"
                            "{\"audio\":false,\"heading\":12.5,"
                            "\"field_of_view\":90,\"range_m\":1e3,"
                            "\"still\":true}}");

    ck_assert_double_eq(found.heading, 12.5);
    ck_assert_double_eq(found.field_of_view, 90);
    ck_assert_double_eq(found.range, 1000);
    found = of("{\"name\":\",\\\"heading\\\":5\",\"audio\":false,"
               "\"field_of_view\":360}}");
    ck_assert_double_nan(found.heading);
    ck_assert_double_eq(found.field_of_view, 360);
    ck_assert_double_nan(found.range);
    found = of("{\"heading\":");
    ck_assert_double_nan(found.heading);
    found = of(",\"heading\":7");
    ck_assert_double_eq(found.heading, 7);
}
END_TEST

TCase *sees_tests(void)
{
    TCase *tests = tcase_create("sees");

    tcase_add_test(tests, what_a_camera_sees);
    tcase_add_test(tests, the_box_has_all_cameras_that_may_see_a_spot);
    tcase_add_test(tests, a_feature_says_how_a_camera_looks);
    return tests;
}
