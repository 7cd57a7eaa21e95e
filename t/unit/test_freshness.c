/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"
#include "t_shared.h"

#include "video/freshness.h"

static cctv_freshness_t camera;

static void note(int64_t age, cctv_time_t since_start)
{
    cctv_freshness_note(&camera, age, START + since_start);
}

static void make(void)
{
    camera = (cctv_freshness_t){ .status = NULL };
}

/* The camera is online, and the database has been told. */
static void make_online(void)
{
    make();
    note(0, 0);
    note(0, CCTV_FRESH_FOR);
    ck_assert_str_eq(cctv_freshness_news(&camera), "online");
    camera.told = camera.status;
}

START_TEST(of_a_new_camera_there_is_no_news)
{
    make();
    ck_assert_ptr_null(cctv_freshness_news(&camera));
    ck_assert(!cctv_freshness_is_fresh(&camera));
}
END_TEST

START_TEST(a_camera_is_online_when_packets_came_for_long_enough)
{
    make();
    note(0, 0);
    ck_assert(cctv_freshness_is_fresh(&camera));
    ck_assert_ptr_null(cctv_freshness_news(&camera));
    note(CCTV_FRESH_AGE, CCTV_FRESH_FOR - 1);
    ck_assert_ptr_null(cctv_freshness_news(&camera));
    note(0, CCTV_FRESH_FOR);
    ck_assert_str_eq(cctv_freshness_news(&camera), "online");
}
END_TEST

START_TEST(a_gap_makes_the_wait_begin_again)
{
    static const int64_t gaps[] = { -1, INT64_MIN, CCTV_FRESH_AGE + 1,
                                    INT64_MAX };

    make();
    note(0, 0);
    note(gaps[_i], 1 * SECOND);
    ck_assert(!cctv_freshness_is_fresh(&camera));
    note(0, 2 * SECOND);
    note(0, 2 * SECOND + CCTV_FRESH_FOR - 1);
    ck_assert_ptr_null(cctv_freshness_news(&camera));
    note(0, 2 * SECOND + CCTV_FRESH_FOR);
    ck_assert_str_eq(cctv_freshness_news(&camera), "online");
}
END_TEST

START_TEST(a_camera_is_offline_when_no_packets_came_for_long_enough)
{
    make_online();
    note(-1, CCTV_FRESH_FOR + CCTV_STALE_FOR - 1);
    ck_assert_ptr_null(cctv_freshness_news(&camera));
    ck_assert(!cctv_freshness_is_fresh(&camera));
    note(-1, CCTV_FRESH_FOR + CCTV_STALE_FOR);
    ck_assert_str_eq(cctv_freshness_news(&camera), "offline");
}
END_TEST

START_TEST(a_camera_that_never_sent_is_offline_as_late)
{
    make();
    note(-1, 0);
    note(-1, CCTV_STALE_FOR - 1);
    ck_assert_ptr_null(cctv_freshness_news(&camera));
    note(-1, CCTV_STALE_FOR);
    ck_assert_str_eq(cctv_freshness_news(&camera), "offline");
}
END_TEST

START_TEST(one_that_comes_and_goes_does_not_change)
{
    int i;

    make_online();
    for (i = 1; i < 100; i++) {
        note(i % 9 == 0 ? 0 : -1, CCTV_FRESH_FOR + i * SECOND);
        ck_assert_ptr_null(cctv_freshness_news(&camera));
    }
}
END_TEST

START_TEST(news_are_news_until_they_are_told)
{
    make();
    note(0, 0);
    note(0, CCTV_FRESH_FOR);
    ck_assert_str_eq(cctv_freshness_news(&camera), "online");
    note(0, CCTV_FRESH_FOR + SECOND);
    ck_assert_str_eq(cctv_freshness_news(&camera), "online");
    camera.told = camera.status;
    ck_assert_ptr_null(cctv_freshness_news(&camera));
    note(0, CCTV_FRESH_FOR + 2 * SECOND);
    ck_assert_ptr_null(cctv_freshness_news(&camera));
}
END_TEST

START_TEST(what_changed_back_before_it_was_told_is_no_news)
{
    cctv_time_t away = CCTV_FRESH_FOR + CCTV_STALE_FOR;

    make_online();
    note(-1, away);
    ck_assert_str_eq(cctv_freshness_news(&camera), "offline");
    note(0, away + SECOND);
    note(0, away + SECOND + CCTV_FRESH_FOR);
    ck_assert_ptr_null(cctv_freshness_news(&camera));
}
END_TEST

TCase *freshness_tests(void)
{
    TCase *tc = tcase_create("freshness");

    tcase_add_test(tc, of_a_new_camera_there_is_no_news);
    tcase_add_test(tc, a_camera_is_online_when_packets_came_for_long_enough);
    tcase_add_loop_test(tc, a_gap_makes_the_wait_begin_again, 0, 4);
    tcase_add_test(tc,
                   a_camera_is_offline_when_no_packets_came_for_long_enough);
    tcase_add_test(tc, a_camera_that_never_sent_is_offline_as_late);
    tcase_add_test(tc, one_that_comes_and_goes_does_not_change);
    tcase_add_test(tc, news_are_news_until_they_are_told);
    tcase_add_test(tc, what_changed_back_before_it_was_told_is_no_news);
    return tc;
}
