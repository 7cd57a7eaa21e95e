/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "http/number.h"

#include <limits.h>
#include <locale.h>
#include <string.h>

static const struct {
    const char *text;
    double value;
} good[] = {
    { "0", 0 },
    { "-0", 0 },
    { "+1.5", 1.5 },
    { ".5", 0.5 },
    { "5.", 5 },
    { "1e2", 100 },
    { "-1.25E-2", -0.0125 },
    { "12.345678901234567", 12.345678901234567 },
    { "1e-400", 0 },
    { "-180", -180 },
};

START_TEST(reads_decimal_numbers)
{
    double value = 42;

    ck_assert(cctv_number_parse_double(good[_i].text, strlen(good[_i].text),
                                       &value));
    ck_assert_double_eq(value, good[_i].value);
}
END_TEST

static const char *const bad[] = {
    "",
    " 1",
    "1 ",
    "1x",
    "0x10",
    "nan",
    "NaN",
    "inf",
    "-inf",
    "1e400",
    "--1",
    "1e",
    "1,5",
    "1.2.3",
    "e5",
    "+",
    ".",
    "infinity",
    "1_000",
    "\xD9\xA1",
    "00000000000000000000000000000000000000000000000000000000000000001"
};

START_TEST(refuses_everything_else)
{
    double value = 42;

    ck_assert_msg(!cctv_number_parse_double(bad[_i], strlen(bad[_i]), &value),
                  "\"%s\" was taken", bad[_i]);
    ck_assert_double_eq(value, 42);
}
END_TEST

START_TEST(reads_no_further_than_the_length)
{
    double value;

    ck_assert(cctv_number_parse_double("12345", 2, &value));
    ck_assert_double_eq(value, 12);
}
END_TEST

START_TEST(does_not_follow_the_locale)
{
    double value;

    /* Use whichever locale with a decimal comma is installed. */
    if (setlocale(LC_NUMERIC, "de_DE.UTF-8") == NULL) {
        setlocale(LC_NUMERIC, "");
    }
    ck_assert(cctv_number_parse_double("1.5", 3, &value));
    ck_assert_double_eq(value, 1.5);
    ck_assert(!cctv_number_parse_double("1,5", 3, &value));
}
END_TEST

START_TEST(counts_are_digits_and_are_cut)
{
    int value = -1;

    ck_assert(cctv_number_parse_count("0", 10, &value));
    ck_assert_int_eq(value, 0);
    ck_assert(cctv_number_parse_count("007", 10, &value));
    ck_assert_int_eq(value, 7);
    ck_assert(cctv_number_parse_count("10", 10, &value));
    ck_assert_int_eq(value, 10);
    ck_assert(cctv_number_parse_count("11", 10, &value));
    ck_assert_int_eq(value, 10);
    ck_assert(cctv_number_parse_count("9", 3, &value));
    ck_assert_int_eq(value, 3);
    ck_assert(cctv_number_parse_count("2147483647", INT_MAX, &value));
    ck_assert_int_eq(value, INT_MAX);
    ck_assert(cctv_number_parse_count("2147483646", INT_MAX, &value));
    ck_assert_int_eq(value, INT_MAX - 1);
    ck_assert(
        cctv_number_parse_count("99999999999999999999999", INT_MAX, &value));
    ck_assert_int_eq(value, INT_MAX);
}
END_TEST

START_TEST(counts_have_no_signs_blanks_or_points)
{
    static const char *const wrong[] = { "",   "-1", "+1", " 1",
                                         "1 ", "1.", "1a", "0x1" };
    int value = -1;

    ck_assert(!cctv_number_parse_count(wrong[_i], 10, &value));
    ck_assert_int_eq(value, -1);
}
END_TEST

TCase *number_tests(void)
{
    TCase *tc = tcase_create("number");

    tcase_add_loop_test(tc, reads_decimal_numbers, 0,
                        sizeof good / sizeof good[0]);
    tcase_add_loop_test(tc, refuses_everything_else, 0,
                        sizeof bad / sizeof bad[0]);
    tcase_add_test(tc, reads_no_further_than_the_length);
    tcase_add_test(tc, does_not_follow_the_locale);
    tcase_add_test(tc, counts_are_digits_and_are_cut);
    tcase_add_loop_test(tc, counts_have_no_signs_blanks_or_points, 0, 8);
    return tc;
}
