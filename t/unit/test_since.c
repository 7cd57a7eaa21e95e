/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "cameras/since.h"

#include <string.h>
#include <time.h>

START_TEST(times_are_those_of_the_system)
{
    int64_t seconds;

    for (seconds = 1; seconds <= CCTV_SINCE_MAX; seconds += 12345678 + 7) {
        time_t time = (time_t)seconds;
        struct tm parts;
        char wanted[32], got[32] = "";

        gmtime_r(&time, &parts);
        strftime(wanted, sizeof wanted, "%Y-%m-%dT%H:%M:%SZ", &parts);
        *cctv_since_put_text(got, seconds) = '\0';
        ck_assert_str_eq(got, wanted);
        ck_assert_int_eq(cctv_since_parse(got), seconds);
    }
}
END_TEST

START_TEST(what_cannot_be_written_is_not_known)
{
    char out[8] = "x";

    ck_assert_int_eq(cctv_since_of(0), 0);
    ck_assert_int_eq(cctv_since_of(-1), 0);
    ck_assert_int_eq(cctv_since_of(CCTV_SINCE_MAX), CCTV_SINCE_MAX);
    ck_assert_int_eq(cctv_since_of(CCTV_SINCE_MAX + 1), 0);
    ck_assert_ptr_eq(cctv_since_put(out, 0), out);
    ck_assert_str_eq(out, "x");
}
END_TEST

START_TEST(the_member_has_its_size)
{
    char out[CCTV_SINCE_SIZE + 1] = "";

    ck_assert_ptr_eq(cctv_since_put(out, 1764252153), out + CCTV_SINCE_SIZE);
    ck_assert_str_eq(out, ",\"status_since\":\"2025-11-27T14:02:33Z\"");
}
END_TEST

static const char *const odd[] = {
    "2025-11-31T14:02:33Z", "2025-02-29T00:00:00Z", "2025-13-01T00:00:00Z",
    "2025-00-01T00:00:00Z", "2025-01-00T00:00:00Z", "2025-01-01T24:00:00Z",
    "2025-01-01T00:60:00Z", "2025-01-01T00:00:60Z", "2025-01-01 00:00:00Z",
    "2025-01-01T00:00:00+", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z",
    "x025-01-01T00:00:00Z", "0000-00-00T00:00:00Z", "                    ",
};

START_TEST(another_text_is_no_time)
{
    ck_assert_int_eq(cctv_since_parse(odd[_i]), 0);
}
END_TEST

TCase *since_tests(void)
{
    TCase *tcase = tcase_create("since");

    tcase_add_test(tcase, times_are_those_of_the_system);
    tcase_add_test(tcase, what_cannot_be_written_is_not_known);
    tcase_add_test(tcase, the_member_has_its_size);
    tcase_add_loop_test(tcase, another_text_is_no_time, 0,
                        sizeof odd / sizeof odd[0]);
    return tcase;
}
