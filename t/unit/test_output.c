/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "metrics/output.h"

#include <inttypes.h>
#include <stdio.h>

static char buffer[CCTV_OUTPUT_LINE];
static char received[4096];
static size_t received_len;
static int calls;
static int calls_wanted;

static bool receive(void *context, const char *data, size_t len)
{
    ck_assert_ptr_eq(context, &calls);
    calls++;
    memcpy(received + received_len, data, len);
    received_len += len;
    return calls < calls_wanted;
}

static void start(cctv_output_t *text)
{
    received_len = 0;
    calls = 0;
    calls_wanted = 1000;
    cctv_output_init(text, buffer, sizeof buffer, receive, &calls);
}

static void check_number(uint64_t number)
{
    char expected[32];
    char out[32];

    snprintf(expected, sizeof expected, "%" PRIu64, number);
    *cctv_output_put_number(out, number) = '\0';
    ck_assert_str_eq(out, expected);
}

START_TEST(numbers_are_decimal)
{
    uint64_t power = 1;
    int i;

    check_number(0);
    check_number(UINT64_MAX);
    for (i = 0; i < 20; i++) {
        check_number(power - 1);
        check_number(power);
        check_number(power + 1);
        check_number(power * 7 + power / 3);
        power *= 10;
    }
    for (i = 0; i < 64; i++) {
        check_number(UINT64_C(1) << i);
        check_number((UINT64_C(1) << i) - 1);
    }
}
END_TEST

START_TEST(seconds_are_exact)
{
    static const struct {
        uint64_t duration;
        const char *text;
    } rows[] = { { 0, "0" },
                 { 1, "0.000001" },
                 { 10, "0.00001" },
                 { 100000, "0.1" },
                 { 999999, "0.999999" },
                 { 1000000, "1" },
                 { 10000000, "10" },
                 { 12345678, "12.345678" },
                 { 12000010, "12.00001" },
                 { 9007199254740993, "9007199254.740993" },
                 { UINT64_MAX, "18446744073709.551615" } };
    char out[32];
    size_t i;

    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        *cctv_output_put_seconds(out, rows[i].duration) = '\0';
        ck_assert_str_eq(out, rows[i].text);
    }
}
END_TEST

START_TEST(a_string_may_be_longer_than_the_buffer)
{
    char string[3 * CCTV_OUTPUT_LINE];
    cctv_output_t text;

    memset(string, 'x', sizeof string - 1);
    string[sizeof string - 1] = '\0';
    start(&text);
    cctv_output_add(&text, "y");
    cctv_output_add(&text, string);
    ck_assert(cctv_output_flush(&text));
    ck_assert_uint_eq(received_len, sizeof string);
    ck_assert_int_eq(received[0], 'y');
    ck_assert_mem_eq(received + 1, string, sizeof string - 1);
}
END_TEST

START_TEST(a_full_buffer_is_not_handed_on_before_more_comes)
{
    char string[CCTV_OUTPUT_LINE + 1];
    cctv_output_t text;

    memset(string, 'x', CCTV_OUTPUT_LINE);
    string[CCTV_OUTPUT_LINE] = '\0';
    start(&text);
    cctv_output_add(&text, string);
    ck_assert_int_eq(calls, 0);
    ck_assert_uint_eq(text.len, CCTV_OUTPUT_LINE);
    cctv_output_add_number(&text, 5);
    ck_assert_int_eq(calls, 1);
    ck_assert_uint_eq(text.len, 1);
}
END_TEST

START_TEST(nothing_is_written_for_who_wants_no_more)
{
    cctv_output_t text;

    start(&text);
    calls_wanted = 1;
    cctv_output_add(&text, "some");
    ck_assert(!cctv_output_flush(&text));
    ck_assert(text.is_stopped);
    cctv_output_add(&text, "more");
    cctv_output_add_number(&text, 1);
    cctv_output_add_seconds(&text, 1);
    ck_assert_ptr_null(cctv_output_line(&text));
    ck_assert(!cctv_output_flush(&text));
    ck_assert_int_eq(calls, 1);
    ck_assert_uint_eq(text.len, 0);
    ck_assert_uint_eq(received_len, 4);
}
END_TEST

TCase *output_tests(void)
{
    TCase *tcase = tcase_create("text");

    tcase_add_test(tcase, numbers_are_decimal);
    tcase_add_test(tcase, seconds_are_exact);
    tcase_add_test(tcase, a_string_may_be_longer_than_the_buffer);
    tcase_add_test(tcase, a_full_buffer_is_not_handed_on_before_more_comes);
    tcase_add_test(tcase, nothing_is_written_for_who_wants_no_more);
    return tcase;
}
