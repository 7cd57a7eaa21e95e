/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "cameras/bbox.h"

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
    "1, 2,3,4",
    "a,b,c,d",
    "nan,0,1,1",
    "0,0,inf,1",
    "0,0,1e400,1",
    "0x1,0,1,1",
    "-180.0000001,0,1,1",
    "0,0,180.0000001,1",
    "0,-90.0000001,1,1",
    "0,0,1,90.0000001",
    "0,2,1,1",
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

TCase *bbox_tests(void)
{
    TCase *tc = tcase_create("bbox");

    tcase_add_test(tc, reads_west_south_east_north);
    tcase_add_test(tc, west_of_east_crosses_the_antimeridian);
    tcase_add_test(tc, knows_the_world);
    tcase_add_loop_test(tc, says_what_is_wrong, 0, sizeof bad / sizeof bad[0]);
    return tc;
}
