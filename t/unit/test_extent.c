/* SPDX-License-Identifier: Apache-2.0 */
/* The box around cameras is the narrowest one, also over the antimeridian. */
#include "t_common.h"

#include "cameras/extent.h"

#include <stddef.h>

typedef struct {
    double lng[3];
    int count;
    double west;
    double east;
} case_t;

static const case_t cases[] = {
    { { 10 }, 1, 10, 10 },
    { { -10, 20, 5 }, 3, -10, 20 },
    { { 178, -179, 170 }, 3, 170, -179 },
    { { -180, 180 }, 2, 180, -180 },
    { { -100, 100, 0 }, 3, -100, 100 },
    { { -0.5, 0 }, 2, -0.5, 0 },
    { { -90.5, 90 }, 2, 90, -90.5 },
};

START_TEST(the_narrower_box_is_taken)
{
    size_t i;
    int j;

    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cctv_extent_t extent = CCTV_EXTENT_NONE;
        cctv_bbox_t box;

        ck_assert(!cctv_extent_box(&extent, &box));
        for (j = 0; j < cases[i].count; j++) {
            cctv_extent_add(&extent, cases[i].lng[j], 10.0 * j);
        }
        ck_assert(cctv_extent_box(&extent, &box));
        ck_assert_double_eq(box.west, cases[i].west);
        ck_assert_double_eq(box.east, cases[i].east);
        ck_assert_double_eq(box.south, 0);
        ck_assert_double_eq(box.north, 10.0 * (cases[i].count - 1));
    }
}
END_TEST

START_TEST(what_lies_within_changes_nothing)
{
    cctv_extent_t extent = CCTV_EXTENT_NONE;
    cctv_bbox_t inner = { 11, 11, 12, 12 };
    cctv_bbox_t wider = { 11, 11, 25, 12 };
    cctv_bbox_t other = { -31, 11, -30, 12 };

    ck_assert(cctv_extent_may_grow(&extent, &inner));
    cctv_extent_add(&extent, 10, 10);
    cctv_extent_add(&extent, 20, 20);
    ck_assert(!cctv_extent_may_grow(&extent, &inner));
    ck_assert(cctv_extent_may_grow(&extent, &wider));
    cctv_extent_add(&extent, -40, 10);
    /* Within the box, and nearer to the antimeridian the other way. */
    ck_assert(cctv_extent_may_grow(&extent, &other));
    cctv_extent_add(&extent, -30, 11);
    ck_assert(!cctv_extent_may_grow(&extent, &other));
}
END_TEST

TCase *extent_tests(void)
{
    TCase *tc = tcase_create("extent");

    tcase_add_test(tc, the_narrower_box_is_taken);
    tcase_add_test(tc, what_lies_within_changes_nothing);
    return tc;
}
