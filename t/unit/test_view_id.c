/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"
#include "t_shared.h"

#include <string.h>

static cctv_view_table_t *table;
static cctv_views_t shared;

static void make(uint32_t max)
{
    shared = make_shared(max, 1);
    table = &shared.table;
}

static cctv_view_t start_at(cctv_time_t now)
{
    cctv_view_t view = { .camera = 7, .timeout = 1000 };

    ck_assert(table_start(table, &view, now));
    return view;
}

static bool is_found(const char *id)
{
    cctv_view_t view;

    return cctv_view_table_find(table, id, &view);
}

START_TEST(an_id_is_40_lower_case_hexadecimal_digits)
{
    char id[CCTV_VIEW_ID_LENGTH + 1];
    cctv_view_t view;

    make(3);
    view = start_at(START);
    cctv_view_id(&view, id);
    ck_assert_uint_eq(strlen(id), 40);
    ck_assert_uint_eq(strspn(id, "0123456789abcdef"), 40);
}
END_TEST

START_TEST(two_ids_differ_by_more_than_their_slot)
{
    cctv_view_t one;
    cctv_view_t two;

    make(2);
    one = start_at(START);
    two = start_at(START);
    ck_assert(one.secret[0] != two.secret[0]);
    ck_assert(one.secret[1] != two.secret[1]);
}
END_TEST

START_TEST(an_id_with_one_other_digit_is_not_found)
{
    char id[CCTV_VIEW_ID_LENGTH + 1];
    cctv_view_t view;
    int i;

    make(20);
    view = start_at(START);
    cctv_view_id(&view, id);
    for (i = 0; i < CCTV_VIEW_ID_LENGTH; i++) {
        char digit = id[i];

        id[i] = digit == '0' ? '1' : '0';
        ck_assert(!is_found(id));
        id[i] = 'g';
        ck_assert(!is_found(id));
        id[i] = digit;
    }
    ck_assert(is_found(id));
}
END_TEST

START_TEST(what_is_no_id_is_not_found)
{
    static const char *const ids[] = {
        "",
        "0",
        "not an id",
        "000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000",
        "00000000000000000000000000000000000000000",
        "ffffffffffffffffffffffffffffffffffffffff",
        " 000000000000000000000000000000000000000",
        "0x00000000000000000000000000000000000000",
        "-000000000000000000000000000000000000001"
    };
    size_t i;

    make(20);
    start_at(START);
    for (i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        ck_assert(!is_found(ids[i]));
    }
}
END_TEST

START_TEST(an_id_that_is_short_long_or_upper_case_is_not_found)
{
    char id[CCTV_VIEW_ID_LENGTH + 2];
    cctv_view_t view = { .home = 0,
                         .secret = { UINT64_C(0xabcdef0123456789), 10 },
                         .last = START };
    int i;

    make(20);
    ck_assert(table_resume(table, &view));
    cctv_view_id(&view, id);
    ck_assert_str_eq(id, "00000000abcdef0123456789000000000000000a");
    for (i = 0; i < CCTV_VIEW_ID_LENGTH; i++) {
        char digit = id[i];

        id[i] = '\0';
        ck_assert(!is_found(id));
        id[i] = digit;
    }
    ck_assert(!is_found("00000000abcdef0123456789000000000000000a0"));
    ck_assert(!is_found("00000000abcdef0123456789000000000000000A"));
    ck_assert(!is_found("00000000ABCDEF0123456789000000000000000a"));
    ck_assert(is_found(id));
}
END_TEST

TCase *view_id_tests(void)
{
    TCase *tc = tcase_create("view_id");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, an_id_is_40_lower_case_hexadecimal_digits);
    tcase_add_test(tc, two_ids_differ_by_more_than_their_slot);
    tcase_add_test(tc, an_id_with_one_other_digit_is_not_found);
    tcase_add_test(tc, what_is_no_id_is_not_found);
    tcase_add_test(tc, an_id_that_is_short_long_or_upper_case_is_not_found);
    return tc;
}
