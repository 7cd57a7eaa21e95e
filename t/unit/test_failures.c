/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"
#include "t_shared.h"

#include "video/cold.h"
#include "video/failures.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    ATTEMPT = 8 * 1000000,
    THREADS = 8
};

static cctv_failures_t *make_failures(void)
{
    cctv_failures_t *failures = aligned_alloc(64, sizeof *failures);

    ck_assert_ptr_nonnull(failures);
    memset(failures, 0, sizeof *failures);
    return failures;
}

static cctv_noted_t note(cctv_failures_t *failures, cctv_failure_t why,
                         cctv_time_t now)
{
    cctv_failed_t failed = { .why = why };

    return cctv_failures_note(failures, 7, &failed, now);
}

static int64_t try_and_fail(cctv_failures_t *failures, cctv_failure_t why,
                            cctv_time_t now)
{
    cctv_failed_t failed = { .why = why };

    ck_assert_int_eq(cctv_failures_attempt(failures, 7, now, ATTEMPT),
                     CCTV_ATTEMPT_YOURS);
    ck_assert_int_ne(cctv_failures_note(failures, 7, &failed, now),
                     CCTV_NOTED_KNOWN);
    return failed.wait;
}

/* Finds the news about camera 7 and tells them.
 * @return the failure; CCTV_FAILURE_COUNT: there are no news */
static cctv_failure_t tell(cctv_failures_t *failures)
{
    cctv_failure_t found = CCTV_FAILURE_COUNT;
    uint32_t i;

    for (i = 0; i < CCTV_FAILURES_SIZE; i++) {
        cctv_failure_t why;
        uint64_t word;
        int32_t camera = cctv_failures_untold(failures, i, &word, &why);

        if (camera != 0) {
            ck_assert_int_eq(camera, 7);
            ck_assert_int_eq(found, CCTV_FAILURE_COUNT);
            found = why;
            cctv_failures_told(failures, i, word);
        }
    }
    return found;
}

START_TEST(a_camera_that_fails_again_and_again_is_tried_less_and_less)
{
    static const struct {
        cctv_failure_t why;
        int seconds[8];
    } cases[] = {
        { CCTV_FAILURE_UNREACHABLE, { 1, 2, 4, 8, 16, 32, 60, 60 } },
        { CCTV_FAILURE_OTHER_CODEC, { 1, 2, 4, 8, 16, 32, 60, 60 } },
        { CCTV_FAILURE_LOGIN_REFUSED,
          { 600, 600, 600, 600, 600, 600, 600, 600 } },
    };
    cctv_failures_t *failures = make_failures();
    cctv_time_t now = START;
    int i;

    for (i = 0; i < 8; i++) {
        int64_t pause = try_and_fail(failures, cases[_i].why, now);

        ck_assert_int_eq(pause, cases[_i].seconds[i] * SECOND);
        ck_assert_int_eq(cctv_failures_wait(failures, 7, now), pause);
        ck_assert_int_eq(
            cctv_failures_attempt(failures, 7, now + pause - 1, ATTEMPT),
            CCTV_ATTEMPT_FAILED);
        ck_assert_int_eq(cctv_failures_wait(failures, 7, now + pause), 0);
        ck_assert_int_eq(cctv_failures_wait(failures, 8, now), 0);
        now += pause;
    }
    /* After a long time without attempts the pause is short again. */
    now += 700 * SECOND;
    ck_assert_int_eq(try_and_fail(failures, cases[_i].why, now),
                     cases[_i].seconds[0] * SECOND);
    free(failures);
}
END_TEST

START_TEST(a_success_forgets_all)
{
    cctv_failures_t *failures = make_failures();

    try_and_fail(failures, CCTV_FAILURE_LOGIN_REFUSED, START);
    cctv_failures_clear(failures, 7);
    ck_assert_int_eq(cctv_failures_wait(failures, 7, START), 0);
    ck_assert_int_eq(cctv_failures_find(failures, 7, START).why,
                     CCTV_FAILURE_NONE);
    ck_assert_int_eq(tell(failures), CCTV_FAILURE_NONE);
    ck_assert_int_eq(tell(failures), CCTV_FAILURE_COUNT);
    ck_assert_int_eq(try_and_fail(failures, CCTV_FAILURE_UNREACHABLE, START),
                     1 * SECOND);
    free(failures);
}
END_TEST

START_TEST(a_camera_that_never_failed_is_no_news)
{
    cctv_failures_t *failures = make_failures();

    ck_assert_int_eq(cctv_failures_attempt(failures, 7, START, ATTEMPT),
                     CCTV_ATTEMPT_YOURS);
    cctv_failures_clear(failures, 7);
    ck_assert_int_eq(tell(failures), CCTV_FAILURE_COUNT);
    free(failures);
}
END_TEST

START_TEST(a_failure_is_known_by_its_name_and_its_fact)
{
    cctv_failures_t *failures = make_failures();
    cctv_failed_t failed = { .why = CCTV_FAILURE_OTHER_CODEC, .fact = 5 };
    cctv_time_t now = START;

    ck_assert_int_eq(cctv_failures_note(failures, 7, &failed, now),
                     CCTV_NOTED_CHANGE);
    failed = cctv_failures_find(failures, 7, now);
    ck_assert_int_eq(failed.why, CCTV_FAILURE_OTHER_CODEC);
    ck_assert_int_eq(failed.fact, 5);
    ck_assert_int_eq(failed.wait, SECOND);
    ck_assert_int_eq(tell(failures), CCTV_FAILURE_OTHER_CODEC);
    now += SECOND;
    ck_assert_int_eq(cctv_failures_attempt(failures, 7, now, ATTEMPT),
                     CCTV_ATTEMPT_YOURS);
    /* While it is tried, it is still what it was. */
    ck_assert_int_eq(cctv_failures_find(failures, 7, now).why,
                     CCTV_FAILURE_OTHER_CODEC);
    ck_assert_int_eq(cctv_failures_find(failures, 7, now).wait, 0);
    ck_assert_int_eq(note(failures, CCTV_FAILURE_OTHER_CODEC, now),
                     CCTV_NOTED_AGAIN);
    ck_assert_int_eq(tell(failures), CCTV_FAILURE_COUNT);
    now += 2 * SECOND;
    ck_assert_int_eq(cctv_failures_attempt(failures, 7, now, ATTEMPT),
                     CCTV_ATTEMPT_YOURS);
    ck_assert_int_eq(note(failures, CCTV_FAILURE_REFUSED, now),
                     CCTV_NOTED_CHANGE);
    ck_assert_int_eq(tell(failures), CCTV_FAILURE_REFUSED);
    ck_assert_int_eq(cctv_failures_find(failures, 7, now).fact, 0);
    free(failures);
}
END_TEST

START_TEST(a_login_that_may_be_refused_waits_at_least_a_minute)
{
    cctv_failures_t *failures = make_failures();
    cctv_failed_t failed = { .why = CCTV_FAILURE_UNREACHABLE,
                             .wait = 60 * SECOND };

    cctv_failures_note(failures, 7, &failed, START);
    ck_assert_int_eq(cctv_failures_wait(failures, 7, START), 60 * SECOND);
    free(failures);
}
END_TEST

START_TEST(a_changed_login_is_tried_at_once)
{
    cctv_failures_t *failures = make_failures();

    try_and_fail(failures, CCTV_FAILURE_LOGIN_REFUSED, START);
    cctv_failures_forgive(failures, 7, START + SECOND);
    ck_assert_int_eq(cctv_failures_wait(failures, 7, START + SECOND), 0);
    ck_assert_int_eq(
        cctv_failures_attempt(failures, 7, START + SECOND, ATTEMPT),
        CCTV_ATTEMPT_YOURS);
    ck_assert_int_eq(
        note(failures, CCTV_FAILURE_LOGIN_REFUSED, START + SECOND),
        CCTV_NOTED_AGAIN);
    free(failures);
}
END_TEST

START_TEST(a_failure_of_the_picture_refuses_nobody)
{
    cctv_failures_t *failures = make_failures();
    cctv_time_t now = START;

    ck_assert_int_eq(note(failures, CCTV_FAILURE_B_FRAMES, now),
                     CCTV_NOTED_CHANGE);
    ck_assert_int_eq(note(failures, CCTV_FAILURE_B_FRAMES, now),
                     CCTV_NOTED_KNOWN);
    ck_assert_int_eq(cctv_failures_wait(failures, 7, now), 0);
    /* Packets say nothing about the picture. */
    cctv_failures_clear(failures, 7);
    now += 20 * SECOND;
    ck_assert_int_eq(cctv_failures_find(failures, 7, now).why,
                     CCTV_FAILURE_B_FRAMES);
    ck_assert_int_eq(cctv_failures_find(failures, 7, now).ago, 20 * SECOND);
    ck_assert_int_eq(tell(failures), CCTV_FAILURE_B_FRAMES);
    cctv_failures_clear_picture(failures, 7);
    ck_assert_int_eq(tell(failures), CCTV_FAILURE_NONE);
    /* A report that comes late does not hide that the camera is away. */
    try_and_fail(failures, CCTV_FAILURE_REFUSED, now);
    ck_assert_int_eq(note(failures, CCTV_FAILURE_B_FRAMES, now + SECOND),
                     CCTV_NOTED_KNOWN);
    cctv_failures_clear_picture(failures, 7);
    ck_assert_int_eq(cctv_failures_find(failures, 7, now).why,
                     CCTV_FAILURE_REFUSED);
    free(failures);
}
END_TEST

START_TEST(one_tries_and_the_others_wait)
{
    cctv_failures_t *failures = make_failures();
    cctv_time_t now = START;

    ck_assert_int_eq(cctv_failures_attempt(failures, 7, now, ATTEMPT),
                     CCTV_ATTEMPT_YOURS);
    ck_assert_int_eq(cctv_failures_attempt(failures, 7, now, ATTEMPT),
                     CCTV_ATTEMPT_OTHERS);
    ck_assert_int_eq(cctv_failures_wait(failures, 7, now), 0);
    ck_assert_int_eq(
        cctv_failures_attempt(failures, 7, now + ATTEMPT - 1, ATTEMPT),
        CCTV_ATTEMPT_OTHERS);
    /* The process that made the attempt was killed. */
    now += ATTEMPT;
    ck_assert_int_eq(cctv_failures_attempt(failures, 7, now, ATTEMPT),
                     CCTV_ATTEMPT_YOURS);
    cctv_failures_give_up(failures, 7, now);
    ck_assert_int_eq(cctv_failures_attempt(failures, 7, now, ATTEMPT),
                     CCTV_ATTEMPT_YOURS);
    free(failures);
}
END_TEST

START_TEST(a_failure_that_two_note_counts_once)
{
    cctv_failures_t *failures = make_failures();

    cctv_failed_t failed = { .why = CCTV_FAILURE_UNREACHABLE };

    ck_assert_int_eq(try_and_fail(failures, CCTV_FAILURE_UNREACHABLE, START),
                     1 * SECOND);
    ck_assert_int_eq(
        cctv_failures_note(failures, 7, &failed, START + SECOND / 2),
        CCTV_NOTED_KNOWN);
    ck_assert_int_eq(failed.wait, SECOND / 2);
    ck_assert_int_eq(
        try_and_fail(failures, CCTV_FAILURE_UNREACHABLE, START + SECOND),
        2 * SECOND);
    free(failures);
}
END_TEST

START_TEST(each_failure_is_told_once)
{
    cctv_failures_t *failures = make_failures();
    cctv_time_t now = START;
    int told = 0;
    int round;

    for (round = 0; round < 3; round++) {
        now += try_and_fail(failures, CCTV_FAILURE_UNREACHABLE, now);
        told += tell(failures) != CCTV_FAILURE_COUNT;
    }
    ck_assert_int_eq(told, 1);
    free(failures);
}
END_TEST

START_TEST(more_cameras_than_entries_forget_the_oldest)
{
    cctv_failures_t *failures = make_failures();
    int32_t camera;
    int remembered = 0;

    for (camera = 1; camera <= 3 * CCTV_FAILURES_SIZE; camera++) {
        cctv_failed_t failed = { .why = CCTV_FAILURE_LOGIN_REFUSED };

        cctv_failures_note(failures, camera, &failed, START + camera * 1000);
    }
    for (camera = 1; camera <= 3 * CCTV_FAILURES_SIZE; camera++) {
        remembered += cctv_failures_wait(failures, camera, START + 30 * SECOND)
                      > 0;
    }
    ck_assert_int_gt(remembered, CCTV_FAILURES_SIZE / 2);
    ck_assert_int_le(remembered, CCTV_FAILURES_SIZE);
    free(failures);
}
END_TEST

/* ---- Many at once ---- */

typedef struct {
    cctv_failures_t *failures;
    _Atomic int *yours;
} tryer_t;

static void *try_once(void *tryer_)
{
    tryer_t *tryer = tryer_;

    if (cctv_failures_attempt(tryer->failures, 7, START, ATTEMPT)
        == CCTV_ATTEMPT_YOURS) {
        atomic_fetch_add(tryer->yours, 1);
    }
    return NULL;
}

START_TEST(of_many_that_come_at_once_after_a_back_off_one_tries)
{
    int round;

    for (round = 0; round < 200; round++) {
        cctv_failures_t *failures = make_failures();
        _Atomic int yours = 0;
        tryer_t tryer = { failures, &yours };
        pthread_t threads[THREADS];
        int i;

        note(failures, CCTV_FAILURE_UNREACHABLE, START - 10 * SECOND);
        for (i = 0; i < THREADS; i++) {
            ck_assert_int_eq(
                pthread_create(&threads[i], NULL, try_once, &tryer), 0);
        }
        for (i = 0; i < THREADS; i++) {
            pthread_join(threads[i], NULL);
        }
        ck_assert_int_eq(yours, 1);
        free(failures);
    }
}
END_TEST

/* ---- Places ---- */

START_TEST(one_client_gets_half_of_the_places)
{
    static const int sizes[][2] = { { 1, 1 }, { 2, 1 }, { 6, 3 }, { 7, 3 } };
    int max = sizes[_i][0];
    cctv_cold_t cold;
    int i;

    ck_assert_int_eq(cctv_cold_init(&cold, max), 0);
    for (i = 0; i < sizes[_i][1]; i++) {
        ck_assert(cctv_cold_enter(&cold, 5));
    }
    ck_assert(!cctv_cold_enter(&cold, 5));
    for (i = sizes[_i][1]; i < max; i++) {
        ck_assert(cctv_cold_enter(&cold, (uint64_t)(100 + i)));
    }
    ck_assert(!cctv_cold_enter(&cold, 6));
    cctv_cold_leave(&cold, 5);
    ck_assert(cctv_cold_enter(&cold, 6));
    ck_assert(!cctv_cold_enter(&cold, 5));
}
END_TEST

START_TEST(so_many_may_follow_as_there_are_places)
{
    cctv_cold_t cold;

    ck_assert_int_eq(cctv_cold_init(&cold, 2), 0);
    ck_assert(cctv_cold_follow(&cold));
    ck_assert(cctv_cold_follow(&cold));
    ck_assert(!cctv_cold_follow(&cold));
    ck_assert(cctv_cold_enter(&cold, 1));
    cctv_cold_unfollow(&cold);
    ck_assert(cctv_cold_follow(&cold));
}
END_TEST

TCase *failures_tests(void)
{
    TCase *tc = tcase_create("failures");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(
        tc, a_camera_that_fails_again_and_again_is_tried_less_and_less, 0, 3);
    tcase_add_test(tc, a_success_forgets_all);
    tcase_add_test(tc, a_camera_that_never_failed_is_no_news);
    tcase_add_test(tc, a_failure_is_known_by_its_name_and_its_fact);
    tcase_add_test(tc, a_login_that_may_be_refused_waits_at_least_a_minute);
    tcase_add_test(tc, a_changed_login_is_tried_at_once);
    tcase_add_test(tc, a_failure_of_the_picture_refuses_nobody);
    tcase_add_test(tc, one_tries_and_the_others_wait);
    tcase_add_test(tc, a_failure_that_two_note_counts_once);
    tcase_add_test(tc, each_failure_is_told_once);
    tcase_add_test(tc, more_cameras_than_entries_forget_the_oldest);
    tcase_add_test(tc, of_many_that_come_at_once_after_a_back_off_one_tries);
    tcase_add_loop_test(tc, one_client_gets_half_of_the_places, 0, 4);
    tcase_add_test(tc, so_many_may_follow_as_there_are_places);
    return tc;
}
