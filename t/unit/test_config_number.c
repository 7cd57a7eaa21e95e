/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "config/number.h"

static const struct {
    const char *text;
    int64_t value;
} numbers[] = {
    { "0", 0 },
    { "7", 7 },
    { "007", 7 },
    { "10000000", 10000000 },
    { "9223372036854775807", INT64_MAX },
};

START_TEST(reads_whole_numbers)
{
    int64_t value = 42;

    ck_assert(cctv_config_parse_number(numbers[_i].text, &value));
    ck_assert_int_eq(value, numbers[_i].value);
}
END_TEST

static const char *const no_numbers[] = {
    "",
    " 1",
    "1 ",
    "-1",
    "+1",
    "1.5",
    "1e3",
    "0x1",
    "1x",
    "off",
    "1s",
    "9223372036854775808",
    "18446744073709551617",
    "99999999999999999999",
};

START_TEST(refuses_what_is_no_whole_number)
{
    int64_t value = 42;

    ck_assert(!cctv_config_parse_number(no_numbers[_i], &value));
    ck_assert_int_eq(value, 42);
}
END_TEST

static const struct {
    const char *text;
    int64_t us;
} times[] = {
    { "0", 0 },
    { "2", 2000000 },
    { "2s", 2000000 },
    { "500ms", 500000 },
    { "1440min", INT64_C(86400000000) },
    { "9223372036854s", INT64_C(9223372036854000000) },
};

START_TEST(reads_times)
{
    int64_t us = 42;

    ck_assert(cctv_config_parse_time(times[_i].text, &us));
    ck_assert_int_eq(us, times[_i].us);
}
END_TEST

static const char *const no_times[] = {
    "",
    " 2s",
    "2s ",
    "2 s",
    "-2s",
    "1.5s",
    "2sx",
    "2S",
    "2us",
    "1h",
    "1d",
    "ms",
    "s",
    "2mss",
    "2m",
    "off",
    "9223372036855s",
    "153722867281min",
    "99999999999999999999ms",
};

START_TEST(refuses_what_is_no_time)
{
    int64_t us = 42;

    ck_assert(!cctv_config_parse_time(no_times[_i], &us));
    ck_assert_int_eq(us, 42);
}
END_TEST

TCase *config_tests(void)
{
    TCase *tests = tcase_create("config");

    tcase_add_loop_test(tests, reads_whole_numbers, 0,
                        sizeof numbers / sizeof numbers[0]);
    tcase_add_loop_test(tests, refuses_what_is_no_whole_number, 0,
                        sizeof no_numbers / sizeof no_numbers[0]);
    tcase_add_loop_test(tests, reads_times, 0, sizeof times / sizeof times[0]);
    tcase_add_loop_test(tests, refuses_what_is_no_time, 0,
                        sizeof no_times / sizeof no_times[0]);
    return tests;
}
