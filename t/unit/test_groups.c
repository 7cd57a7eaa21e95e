/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "admin/groups.h"

START_TEST(those_with_the_most_views_come_first)
{
    cctv_groups_t groups = { .at = NULL };
    uint32_t i;

    cctv_groups_sum(&groups);
    ck_assert_uint_eq(groups.count, 0);
    for (i = 0; i < 900; i++) {
        cctv_groups_add(&groups, i % 9 < 5 ? 7 : i % 9, i);
    }
    cctv_groups_sum(&groups);
    ck_assert(!groups.has_failed);
    ck_assert_uint_eq(groups.count, 4);
    ck_assert_uint_eq(groups.at[0].key, 7);
    ck_assert_uint_eq(groups.at[0].count, 600);
    ck_assert_uint_eq(groups.at[1].key, 5);
    ck_assert_uint_eq(groups.at[1].count, 100);
    ck_assert_uint_eq(groups.at[1].index % 9, 5);
    ck_assert_uint_eq(groups.at[3].key, 8);
    cctv_groups_free(&groups);
    ck_assert_ptr_null(groups.at);
}
END_TEST

TCase *groups_tests(void)
{
    TCase *tc = tcase_create("groups");

    tcase_add_test(tc, those_with_the_most_views_come_first);
    return tc;
}
