/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "geoip/country.h"

START_TEST(every_code_is_a_number_of_its_own)
{
    char code[] = "AA";
    cctv_country_t expected = 1;

    for (code[0] = 'A'; code[0] <= 'Z'; code[0]++) {
        for (code[1] = 'A'; code[1] <= 'Z'; code[1]++) {
            ck_assert_uint_eq(cctv_country_of(code, 2), expected);
            ck_assert_str_eq(cctv_country_label(expected).text, code);
            expected++;
        }
    }
    ck_assert_uint_eq(expected, CCTV_COUNTRY_END);
    ck_assert_uint_lt(CCTV_COUNTRY_END, 1 << 10);
}
END_TEST

START_TEST(lower_case_is_made_upper)
{
    ck_assert_str_eq(cctv_country_label(cctv_country_of("gb", 2)).text, "GB");
    ck_assert_str_eq(cctv_country_label(cctv_country_of("Zz", 2)).text, "ZZ");
}
END_TEST

START_TEST(reads_no_further_than_the_length)
{
    ck_assert_uint_eq(cctv_country_of("GBR", 2), cctv_country_of("GB", 2));
}
END_TEST

static const struct {
    const char *letters;
    size_t len;
} wrong[] = { { NULL, 0 },       { "", 0 },    { "G", 1 },
              { "GBR", 3 },      { "\0", 2 },  { "G", 2 },
              { "A1", 2 },       { "--", 2 },  { "G ", 2 },
              { " G", 2 },       { "@A", 2 },  { "A[", 2 },
              { "`a", 2 },       { "a{", 2 },  { "\xc3\x84", 2 },
              { "\xff\xff", 2 }, { "A\"", 2 }, { "\n\n", 2 },
              { "T1", 2 } };

START_TEST(anything_else_is_unknown)
{
    ck_assert_uint_eq(cctv_country_of(wrong[_i].letters, wrong[_i].len),
                      CCTV_COUNTRY_UNKNOWN);
}
END_TEST

START_TEST(a_number_that_is_no_country_is_unknown)
{
    static const cctv_country_t numbers[] = { CCTV_COUNTRY_UNKNOWN,
                                              CCTV_COUNTRY_END, 1023, 65535 };

    ck_assert_str_eq(cctv_country_label(numbers[_i]).text, "unknown");
}
END_TEST

TCase *country_tests(void)
{
    TCase *tc = tcase_create("country");

    tcase_add_test(tc, every_code_is_a_number_of_its_own);
    tcase_add_test(tc, lower_case_is_made_upper);
    tcase_add_test(tc, reads_no_further_than_the_length);
    tcase_add_loop_test(tc, anything_else_is_unknown, 0,
                        sizeof wrong / sizeof wrong[0]);
    tcase_add_loop_test(tc, a_number_that_is_no_country_is_unknown, 0, 4);
    return tc;
}
