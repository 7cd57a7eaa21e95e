/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a viewer is still there, from what its reports have changed. */
#include "t_common.h"

#include "video/feedback.h"

#define SECOND INT64_C(1000000)

static uint64_t word;
static int64_t since;

/* A look `after` seconds behind the last one. */
static cctv_feedback_t look(uint32_t stats, int64_t after)
{
    cctv_feedback_t result;

    since += after * SECOND;
    result = cctv_feedback_note(&word, stats, since);
    if (result == CCTV_FEEDBACK_THERE) {
        since = 0;
    }
    return result;
}

static void begin(void)
{
    word = 0;
    since = 0;
}

/* Looks at a viewer whose numbers change at each look. */
static uint32_t look_often(int times)
{
    uint32_t stats;

    for (stats = 1; times-- > 0; stats++) {
        ck_assert_int_eq(look(stats, 2), CCTV_FEEDBACK_THERE);
    }
    return stats - 1;
}

START_TEST(a_viewer_without_a_report_is_not_known)
{
    begin();
    ck_assert_int_eq(look(0, 2), CCTV_FEEDBACK_UNKNOWN);
    ck_assert_int_eq(look(0, 100), CCTV_FEEDBACK_UNKNOWN);
    ck_assert_int_eq(look(7, 2), CCTV_FEEDBACK_THERE);
}
END_TEST

START_TEST(a_browser_that_stands_still_is_gone_within_five_seconds)
{
    uint32_t last;

    begin();
    last = look_often(10);
    ck_assert_int_eq(look(last, 2), CCTV_FEEDBACK_SAME);
    ck_assert_int_eq(look(last, 2), CCTV_FEEDBACK_GONE);
    ck_assert_int_eq(look(last, 2), CCTV_FEEDBACK_GONE);
    ck_assert_int_eq(cctv_feedback_interval(word), 2 * SECOND);
    ck_assert_int_eq(look(last + 1, 2), CCTV_FEEDBACK_THERE);
}
END_TEST

/* The admin API is asked every 4 seconds. */
START_TEST(one_look_without_a_change_is_enough_if_looks_are_rare)
{
    uint32_t last;

    begin();
    last = look_often(10);
    ck_assert_int_eq(look(last, 4), CCTV_FEEDBACK_GONE);
}
END_TEST

START_TEST(a_viewer_that_is_hardly_known_gets_eight_seconds)
{
    begin();
    ck_assert_int_eq(cctv_feedback_interval(word), 0);
    look_often(2);
    ck_assert_int_eq(look(2, 4), CCTV_FEEDBACK_SAME);
    ck_assert_int_eq(look(2, 3), CCTV_FEEDBACK_SAME);
    ck_assert_int_eq(look(2, 1), CCTV_FEEDBACK_GONE);
}
END_TEST

/* GStreamer reports every 5 seconds or so. */
START_TEST(a_player_that_reports_rarely_is_not_gone)
{
    uint32_t stats = 0;
    int i;

    begin();
    for (i = 0; i < 40; i++) {
        stats += i % 3 == 0;
        ck_assert_int_ne(look(stats, 2), CCTV_FEEDBACK_GONE);
    }
    for (i = 0; look(stats, 2) != CCTV_FEEDBACK_GONE; i++) {
        ck_assert_int_lt(i, 10);
    }
}
END_TEST

START_TEST(one_that_was_away_for_long_is_not_one_that_reports_rarely)
{
    uint32_t last;
    int i;

    begin();
    last = look_often(10);
    for (i = 0; i < 30; i++) {
        look(last, 2);
    }
    ck_assert_int_eq(look(++last, 2), CCTV_FEEDBACK_THERE);
    for (i = 0; look(last, 2) != CCTV_FEEDBACK_GONE; i++) {
        ck_assert_int_lt(i, 4);
    }
}
END_TEST

static uint32_t stats_of(const char *text)
{
    json_t *stats = json_loads(text, 0, NULL);
    uint32_t result = cctv_feedback_of(stats);

    json_decref(stats);
    return result;
}

START_TEST(the_numbers_are_those_that_reports_change)
{
    uint32_t first = stats_of("{\"rtt\": 1, \"jitter-remote\": 2}");

    ck_assert_uint_eq(stats_of("{}"), 0);
    ck_assert_uint_eq(stats_of("7"), 0);
    ck_assert_uint_eq(cctv_feedback_of(NULL), 0);
    ck_assert_uint_eq(stats_of("{\"rtt\": 0, \"base\": 90000, "
                               "\"packets-sent\": 9, \"rtt2\": \"x\"}"),
                      0);
    ck_assert_uint_ne(first, 0);
    ck_assert_uint_eq(stats_of("{\"jitter-remote\": 2, \"rtt\": 1, "
                               "\"bytes-sent\": 77}"),
                      first);
    ck_assert_uint_ne(stats_of("{\"rtt\": 2, \"jitter-remote\": 1}"), first);
    ck_assert_uint_ne(stats_of("{\"rtt\": 1, \"jitter-remote\": 2, "
                               "\"remb-bitrate\": 1}"),
                      first);
}
END_TEST

TCase *feedback_tests(void)
{
    TCase *tc = tcase_create("feedback");

    tcase_add_test(tc, a_viewer_without_a_report_is_not_known);
    tcase_add_test(tc,
                   a_browser_that_stands_still_is_gone_within_five_seconds);
    tcase_add_test(tc, one_look_without_a_change_is_enough_if_looks_are_rare);
    tcase_add_test(tc, a_viewer_that_is_hardly_known_gets_eight_seconds);
    tcase_add_test(tc, a_player_that_reports_rarely_is_not_gone);
    tcase_add_test(tc,
                   one_that_was_away_for_long_is_not_one_that_reports_rarely);
    tcase_add_test(tc, the_numbers_are_those_that_reports_change);
    return tc;
}
