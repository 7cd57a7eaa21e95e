/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "database/environment.h"
#include "database/params.h"
#include "database/told.h"
#include "database/writing.h"

#include <stdlib.h>
#include <string.h>

#define SECOND 1000000

static cctv_told_t told;
static cctv_writing_t writing;

static void start(void)
{
    told = (cctv_told_t){ 0 };
    writing = (cctv_writing_t){ 0 };
}

static bool ask(const char *fault, cctv_time_t now)
{
    return cctv_told_ask(&told, cctv_told_number(fault), CCTV_TOLD_ONCE, now);
}

START_TEST(a_fault_is_told_once_until_it_is_over)
{
    ck_assert(ask("lost", 5 * SECOND));
    ck_assert(!ask("lost", 5 * SECOND));
    ck_assert(!ask("lost", 5000000 * INT64_C(1000000)));
    ck_assert(!cctv_told_forget(&told, cctv_told_number("late")));
    ck_assert(cctv_told_forget(&told, cctv_told_number("lost")));
    ck_assert(!cctv_told_forget(&told, cctv_told_number("lost")));
    ck_assert(ask("lost", 7000000 * INT64_C(1000000)));
}
END_TEST

START_TEST(two_faults_are_not_told_within_a_second)
{
    ck_assert(ask("lost", 5 * SECOND));
    ck_assert(!ask("late", 5 * SECOND + SECOND - 1));
    ck_assert(ask("late", 6 * SECOND));
    cctv_told_forget(&told, cctv_told_number("late"));
    ck_assert(!ask("late", 6 * SECOND + SECOND / 2));
    ck_assert(ask("late", 7 * SECOND));
}
END_TEST

START_TEST(what_nobody_forgets_is_told_again_some_time)
{
    uint32_t fault = cctv_told_number("42P01");
    cctv_time_t now = 5 * SECOND;

    ck_assert(cctv_told_ask(&told, fault, CCTV_TOLD_AGAIN, now));
    now += CCTV_TOLD_AGAIN - 1;
    ck_assert(!cctv_told_ask(&told, fault, CCTV_TOLD_AGAIN, now));
    ck_assert(cctv_told_ask(&told, fault, CCTV_TOLD_AGAIN, now + 1));
}
END_TEST

START_TEST(the_oldest_of_many_faults_is_forgotten)
{
    static const char *const faults[] = { "a", "b", "c", "d", "e" };
    int i;

    for (i = 0; i < 5; i++) {
        ck_assert(ask(faults[i], (5 + i) * SECOND));
    }
    for (i = 1; i < 5; i++) {
        ck_assert(!ask(faults[i], (20 + i) * SECOND));
    }
    ck_assert(ask("a", 30 * SECOND));
}
END_TEST

START_TEST(writes_pause_and_one_tries_again)
{
    cctv_time_t now = 5 * SECOND;

    ck_assert(cctv_writing_ask(&writing, now));
    ck_assert(cctv_writing_ask(&writing, now));
    ck_assert(cctv_writing_refused(&writing, now));
    ck_assert(!cctv_writing_refused(&writing, now));
    ck_assert(cctv_writing_is_off(&writing));
    ck_assert(!cctv_writing_ask(&writing, now + CCTV_WRITING_PAUSE - 1));
    now += CCTV_WRITING_PAUSE;
    ck_assert(cctv_writing_ask(&writing, now));
    ck_assert(!cctv_writing_ask(&writing, now));
    /* A writer that has died does not stop the others. */
    ck_assert(cctv_writing_ask(&writing, now + CCTV_WRITING_PAUSE));
}
END_TEST

START_TEST(connections_that_are_older_than_a_write_are_replaced)
{
    ck_assert(!cctv_writing_done(&writing, 7 * SECOND));
    ck_assert(!cctv_writing_is_stale(&writing, 1));
    cctv_writing_refused(&writing, 5 * SECOND);
    ck_assert(cctv_writing_done(&writing, 7 * SECOND));
    ck_assert(!cctv_writing_done(&writing, 7 * SECOND));
    ck_assert(cctv_writing_is_stale(&writing, 7 * SECOND - 1));
    ck_assert(!cctv_writing_is_stale(&writing, 7 * SECOND));
    ck_assert(cctv_writing_ask(&writing, 7 * SECOND));
}
END_TEST

START_TEST(a_connection_string_is_checked)
{
    static const char *const good[] = {
        "",
        "host=/run/postgresql dbname=cctv",
        "client_encoding=utf-8",
        "user=cctv_reader target_session_attrs=primary host=a,b",
        "user=cctv_video target_session_attrs=read-write",
        "this is = no'connection string"
    };
    size_t i;

    for (i = 0; i < sizeof good / sizeof good[0]; i++) {
        ck_assert_msg(cctv_params_fault(good[i]) == NULL, "%s", good[i]);
    }
    ck_assert_ptr_nonnull(
        strstr(cctv_params_fault("dbname=cctv client_encoding='LATIN1'"),
               "client_encoding"));
    ck_assert_ptr_nonnull(
        strstr(cctv_params_fault("user=cctv_reader host=a,b "
                                 "target_session_attrs=read-write"),
               "target_session_attrs=primary"));
}
END_TEST

START_TEST(one_database_may_be_asked_for_in_two_ways)
{
    static const char first[] = "host=a,b dbname=cctv user=cctv_video "
                                "target_session_attrs=read-write";

    ck_assert(cctv_params_are_same(first, first));
    ck_assert(cctv_params_are_same(
        first, "user=cctv_video target_session_attrs=prefer-standby "
               "host='a,b' dbname=cctv"));
    ck_assert(
        cctv_params_are_same(first, "host=a,b dbname=cctv user=cctv_video"));
    ck_assert(!cctv_params_are_same(first, ""));
    ck_assert(
        !cctv_params_are_same(first, "host=a dbname=cctv user=cctv_video"));
    ck_assert(
        !cctv_params_are_same(first, "host=a,b dbname=cctv user=cctv_reader"));
    ck_assert(
        !cctv_params_are_same(first, "host=a,b dbname=other user=cctv_video"));
    ck_assert(!cctv_params_are_same(first, "no'connection string"));
    ck_assert(
        cctv_params_are_same("no'connection string", "no'connection string"));
}
END_TEST

START_TEST(a_home_that_cannot_be_entered_is_forgotten)
{
    setenv("HOME", "/", 1);
    cctv_environment_set();
    ck_assert_str_eq(getenv("HOME"), "/");
    ck_assert_str_eq(getenv("PGCLIENTENCODING"), "UTF8");
    setenv("HOME", "/no/such/folder", 1);
    cctv_environment_set();
    ck_assert_ptr_null(getenv("HOME"));
    cctv_environment_set();
}
END_TEST

TCase *told_tests(void)
{
    TCase *tc = tcase_create("told");

    tcase_add_checked_fixture(tc, start, NULL);
    tcase_add_test(tc, a_fault_is_told_once_until_it_is_over);
    tcase_add_test(tc, two_faults_are_not_told_within_a_second);
    tcase_add_test(tc, what_nobody_forgets_is_told_again_some_time);
    tcase_add_test(tc, the_oldest_of_many_faults_is_forgotten);
    tcase_add_test(tc, one_database_may_be_asked_for_in_two_ways);
    tcase_add_test(tc, a_home_that_cannot_be_entered_is_forgotten);
    tcase_add_test(tc, a_connection_string_is_checked);
    tcase_add_test(tc, writes_pause_and_one_tries_again);
    tcase_add_test(tc, connections_that_are_older_than_a_write_are_replaced);
    return tc;
}
