/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "http/etag.h"

#include <string.h>

#define TAG "\"0123456789abcdef\""

START_TEST(is_quoted_and_follows_the_bytes)
{
    char one[CCTV_ETAG_SIZE], same[CCTV_ETAG_SIZE], other[CCTV_ETAG_SIZE];

    cctv_etag_init(one, "abc", 3);
    cctv_etag_init(same, "abc", 3);
    cctv_etag_init(other, "abd", 3);
    ck_assert_uint_eq(strlen(one), CCTV_ETAG_SIZE - 1);
    ck_assert_int_eq(one[0], '"');
    ck_assert_int_eq(one[CCTV_ETAG_SIZE - 2], '"');
    ck_assert_str_eq(one, same);
    ck_assert_str_ne(one, other);
}
END_TEST

static const char *const matching[] = {
    TAG,
    "W/" TAG,
    "*",
    " " TAG " ",
    "\"x\", " TAG,
    "\"x\"," TAG ",\"y\"",
    "\"0123456789abcdef-gzip\"",
    "W/\"0123456789abcdef-br\"",
    "\"a,b\", " TAG,
    "\"\", " TAG,
};

START_TEST(finds_the_tag)
{
    ck_assert_msg(cctv_etag_matches(matching[_i], TAG), "%s", matching[_i]);
}
END_TEST

static const char *const others[] = {
    "",
    "\"x\"",
    "0123456789abcdef",
    "\"0123456789abcdef",
    "\"0123456789abcdef-zip\"",
    "\"0123456789abcdef0\"",
    "\"0123456789abcde\"",
    "w/" TAG,
    "x" TAG,
    "\"x\" garbage " TAG,
    "W/",
    "\"",
};

START_TEST(finds_no_other)
{
    ck_assert_msg(!cctv_etag_matches(others[_i], TAG), "%s", others[_i]);
}
END_TEST

START_TEST(nothing_sent_never_matches)
{
    ck_assert(!cctv_etag_matches(NULL, TAG));
}
END_TEST

TCase *etag_tests(void)
{
    TCase *tc = tcase_create("etag");

    tcase_add_test(tc, is_quoted_and_follows_the_bytes);
    tcase_add_loop_test(tc, finds_the_tag, 0,
                        sizeof matching / sizeof matching[0]);
    tcase_add_loop_test(tc, finds_no_other, 0,
                        sizeof others / sizeof others[0]);
    tcase_add_test(tc, nothing_sent_never_matches);
    return tc;
}
