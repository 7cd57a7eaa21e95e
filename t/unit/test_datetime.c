/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file test_datetime.c
 * @brief Tests of the parameter datetime.
 */
#include "t_common.h"

#include "ogc/datetime.h"

static const char *const good[] = {
    "2026-11-27",
    "2026-11-27T12:00:00Z",
    "2026-11-27t23:59:60.123z",
    "2026-11-27T12:00:00+01:00",
    "2026-11-27T12:00:00-23:59",
    "2026-11-27/2026-11-28",
    "2026-11-27T12:00:00Z/..",
    "../2026-11-27",
    "/2026-11-27",
    "2026-11-27/",
};

static const char *const bad[] = {
    "",
    "..",
    "/",
    "../..",
    "/..",
    "yesterday",
    "2026-13-01",
    "2026-00-01",
    "2026-01-32",
    "2026-01-00",
    "2026-1-1",
    "2026-11-27T12:00:00",
    "2026-11-27T24:00:00Z",
    "2026-11-27T12:60:00Z",
    "2026-11-27T12:00:61Z",
    "2026-11-27T12:00:00.Z",
    "2026-11-27T12:00:00+24:00",
    "2026-11-27T12:00:00+1",
    "2026-11-27 12:00:00Z",
    "2026-11-27T",
    "2026-11-27/2026-11-28/2026-11-29",
    "2026-11-27/x",
    "x/2026-11-27",
    "2026-11-27Tx",
    "2026-11-277",
};

START_TEST(a_datetime)
{
    ck_assert_msg(cctv_datetime_is_valid(good[_i]), "%s", good[_i]);
}
END_TEST

START_TEST(no_datetime)
{
    ck_assert_msg(!cctv_datetime_is_valid(bad[_i]), "%s", bad[_i]);
}
END_TEST

TCase *datetime_tests(void)
{
    TCase *tc = tcase_create("datetime");

    tcase_add_loop_test(tc, a_datetime, 0, sizeof good / sizeof good[0]);
    tcase_add_loop_test(tc, no_datetime, 0, sizeof bad / sizeof bad[0]);
    return tc;
}
