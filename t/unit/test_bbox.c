/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "cameras/bbox.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

START_TEST(reads_west_south_east_north)
{
    cctv_bbox_t box;
    const char *why = NULL;

    ck_assert_int_eq(cctv_bbox_parse("-1.5,-2,3,4e1", &box, &why),
                     APR_SUCCESS);
    ck_assert_double_eq(box.west, -1.5);
    ck_assert_double_eq(box.south, -2);
    ck_assert_double_eq(box.east, 3);
    ck_assert_double_eq(box.north, 40);
    ck_assert(!cctv_bbox_is_crossing(&box));
    ck_assert(!cctv_bbox_is_world(&box));
}
END_TEST

START_TEST(west_of_east_crosses_the_antimeridian)
{
    cctv_bbox_t box;
    const char *why;

    ck_assert_int_eq(cctv_bbox_parse("170,-10,-170,10", &box, &why),
                     APR_SUCCESS);
    ck_assert(cctv_bbox_is_crossing(&box));
}
END_TEST

START_TEST(knows_the_world)
{
    cctv_bbox_t box;
    const char *why;

    ck_assert_int_eq(cctv_bbox_parse("-180,-90,180,90", &box, &why),
                     APR_SUCCESS);
    ck_assert(cctv_bbox_is_world(&box));
    ck_assert(!cctv_bbox_is_crossing(&box));
}
END_TEST

static const char *const bad[] = {
    "",
    "1",
    "1,2,3",
    "1,2,3,",
    ",,,",
    "1,2,3,4,5",
    "1,2,3,4,",
    "1,2,3,4,5,6,7",
    "1,2,z,3,4,5",
    "1,2,,3,4,5",
    "1 2,3,4,5",
    " ,2,3,4",
    "1,2,3,4\n",
    "a,b,c,d",
    "nan,0,1,1",
    "0,0,inf,1",
    "0,0,1e400,1",
    "0x1,0,1,1",
    "0,-90.0000001,1,1",
    "0,0,1,90.0000001",
    "0,0,1,90.0000000011",
    "0,2,1,1",
    "0,1.0000000000000002,1,1",
    "0,0,0,360,91,0",
    "1;2;3;4",
};

START_TEST(says_what_is_wrong)
{
    cctv_bbox_t box = { 7, 7, 7, 7 };
    const char *why = NULL;

    ck_assert_int_eq(cctv_bbox_parse(bad[_i], &box, &why), APR_EINVAL);
    ck_assert_ptr_nonnull(why);
    ck_assert_double_eq(box.west, 7);
}
END_TEST

static const struct {
    const char *text;
    cctv_bbox_t box;
} good[] = {
    /* Blanks. */
    { " 1,\t2 , 3,4 ", { 1, 2, 3, 4 } },
    /* Heights. */
    { "1,2,-100,3,4,9000", { 1, 2, 3, 4 } },
    { "170,2,0,190,4,0", { 170, 2, -170, 4 } },
    /* Wrapped longitudes. */
    { "170,-10,190,10", { 170, -10, -170, 10 } },
    { "-190,-10,-170,10", { 170, -10, -170, 10 } },
    { "190,-10,200,10", { -170, -10, -160, 10 } },
    { "-560,-10,-550,10", { 160, -10, 170, 10 } },
    { "890,-10,910,10", { 170, -10, -170, 10 } },
    { "190,-10,170,10", { -170, -10, 170, 10 } },
    { "350,-10,-350,10", { -10, -10, 10, 10 } },
    /* The antimeridian in both spellings. */
    { "180,-10,190,10", { 180, -10, -170, 10 } },
    { "-190,-10,-180,10", { 170, -10, -180, 10 } },
    { "540,-10,550,10", { 180, -10, -170, 10 } },
    { "-550,-10,-540,10", { 170, -10, -180, 10 } },
    { "540,-10,540,10", { 180, -10, -180, 10 } },
    /* Within the limits nothing changes. */
    { "-180,-10,-170,10", { -180, -10, -170, 10 } },
    { "170,-10,180,10", { 170, -10, 180, 10 } },
    { "180,-10,-180,10", { 180, -10, -180, 10 } },
    { "-180,-10,179.99999999999997,10",
      { -180, -10, 179.99999999999997, 10 } },
    /* The world. */
    { "-190,-10,170,10", { -180, -10, 180, 10 } },
    { "-360,-90,360,90", { -180, -90, 180, 90 } },
    { "-1e300,-10,1e300,10", { -180, -10, 180, 10 } },
    { "-180,-10,180.0000000001,10", { -180, -10, 180, 10 } },
    /* Noise. */
    { "-180.0000000001,-90.0000000001,0,90.000000001", { -180, -90, 0, 90 } },
    { "0,-90.00000000000001,180.0000000001,10", { 0, -90, 180, 10 } },
    { "180.0000000001,-10,190,10", { 180, -10, -170, 10 } },
    { "0,-10,180.0000001,10", { 0, -10, -179.9999999, 10 } },
};

START_TEST(a_box_that_is_nearly_the_world)
{
    cctv_bbox_t box;
    const char *why = NULL;

    ck_assert_int_eq(
        cctv_bbox_parse("-179.99999999999997,-10,180,10", &box, &why),
        APR_SUCCESS);
    ck_assert_double_gt(box.west, -180);
    ck_assert_double_eq(box.east, 180);
}
END_TEST

START_TEST(brings_edges_to_the_globe)
{
    cctv_bbox_t box;
    const char *why = NULL;

    ck_assert_int_eq(cctv_bbox_parse(good[_i].text, &box, &why), APR_SUCCESS);
    ck_assert_ptr_null(why);
    ck_assert_double_eq(box.south, good[_i].box.south);
    ck_assert_double_eq(box.north, good[_i].box.north);
    ck_assert_double_eq_tol(box.west, good[_i].box.west, 1e-12);
    ck_assert_double_eq_tol(box.east, good[_i].box.east, 1e-12);
}
END_TEST

/* Whether a position is in a box, by going around the globe: all numbers are
 * quarters of a degree. */
static bool is_between(long west, long east, long lng)
{
    long turn;

    if (labs(west) <= 720 && labs(east) <= 720) {
        return west <= east ? west <= lng && lng <= east
                            : lng >= west || lng <= east;
    }
    while (east < west) {
        east += 1440;
    }
    for (turn = -10; turn <= 10; turn++) {
        if (west <= lng + turn * 1440 && lng + turn * 1440 <= east) {
            return true;
        }
    }
    return false;
}

static bool contains(const cctv_bbox_t *box, double lng)
{
    return cctv_bbox_is_crossing(box) ? lng >= box->west || lng <= box->east
                                      : lng >= box->west && lng <= box->east;
}

/* Wide and narrow boxes; every fifth edge lies on the antimeridian. */
static long random_edge(unsigned *seed)
{
    long edge = rand_r(seed) % 8001 - 4000;

    return rand_r(seed) % 5 == 0 ? (edge / 1440) * 1440 + 720 : edge;
}

START_TEST(agrees_with_a_walk_around_the_globe)
{
    unsigned seed = 13;
    int wrong = 0;
    int i;

    for (i = 0; i < 20000; i++) {
        long west = random_edge(&seed);
        long east = rand_r(&seed) % 2 ? random_edge(&seed)
                                      : west + rand_r(&seed) % 1500;
        char text[64];
        cctv_bbox_t box;
        const char *why;
        long lng;

        snprintf(text, sizeof text, "%.2f,-1,%.2f,1", (double)west / 4,
                 (double)east / 4);
        ck_assert_int_eq(cctv_bbox_parse(text, &box, &why), APR_SUCCESS);
        wrong += fabs(box.west) > 180 || fabs(box.east) > 180;
        for (lng = -720; lng <= 720; lng += lng % 16 == 0 ? 1 : 3) {
            wrong += contains(&box, (double)lng / 4)
                     != is_between(west, east, lng);
        }
    }
    ck_assert_int_eq(wrong, 0);
}
END_TEST

TCase *bbox_tests(void)
{
    TCase *tc = tcase_create("bbox");

    tcase_add_test(tc, reads_west_south_east_north);
    tcase_add_test(tc, west_of_east_crosses_the_antimeridian);
    tcase_add_test(tc, knows_the_world);
    tcase_add_test(tc, a_box_that_is_nearly_the_world);
    tcase_add_loop_test(tc, brings_edges_to_the_globe, 0,
                        sizeof good / sizeof good[0]);
    tcase_add_test(tc, agrees_with_a_walk_around_the_globe);
    tcase_add_loop_test(tc, says_what_is_wrong, 0, sizeof bad / sizeof bad[0]);
    return tc;
}
