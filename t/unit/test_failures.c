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

static int64_t try_and_fail(cctv_failures_t *failures, cctv_failure_t why,
                            cctv_time_t now)
{
    ck_assert_int_eq(cctv_failures_attempt(failures, 7, now, ATTEMPT),
                     CCTV_ATTEMPT_YOURS);
    return cctv_failures_note(failures, 7, why, now);
}

START_TEST(a_camera_that_fails_again_and_again_is_tried_less_and_less)
{
    static const struct {
        cctv_failure_t why;
        int seconds[8];
    } cases[] = {
        { CCTV_FAILURE_OFFLINE, { 2, 4, 8, 16, 32, 60, 60, 60 } },
        { CCTV_FAILURE_SUSPECT, { 60, 60, 60, 60, 60, 60, 60, 60 } },
        { CCTV_FAILURE_LOGIN, { 60, 120, 240, 480, 600, 600, 600, 600 } },
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
    uint64_t word;
    uint32_t i;

    try_and_fail(failures, CCTV_FAILURE_LOGIN, START);
    cctv_failures_clear(failures, 7);
    ck_assert_int_eq(cctv_failures_wait(failures, 7, START), 0);
    for (i = 0; i < CCTV_FAILURES_SIZE; i++) {
        ck_assert_int_eq(cctv_failures_untold(failures, i, &word), 0);
    }
    ck_assert_int_eq(try_and_fail(failures, CCTV_FAILURE_OFFLINE, START),
                     2 * SECOND);
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

    ck_assert_int_eq(try_and_fail(failures, CCTV_FAILURE_OFFLINE, START),
                     2 * SECOND);
    ck_assert_int_eq(
        cctv_failures_note(failures, 7, CCTV_FAILURE_OFFLINE, START + SECOND),
        1 * SECOND);
    ck_assert_int_eq(
        try_and_fail(failures, CCTV_FAILURE_OFFLINE, START + 2 * SECOND),
        4 * SECOND);
    free(failures);
}
END_TEST

START_TEST(each_failure_is_told_once)
{
    cctv_failures_t *failures = make_failures();
    cctv_time_t now = START;
    uint64_t word;
    int told = 0;
    int round;
    uint32_t i;

    for (round = 0; round < 3; round++) {
        now += try_and_fail(failures, CCTV_FAILURE_OFFLINE, now);
        for (i = 0; i < CCTV_FAILURES_SIZE; i++) {
            if (cctv_failures_untold(failures, i, &word) != 0) {
                ck_assert_int_eq(cctv_failures_untold(failures, i, &word), 7);
                cctv_failures_told(failures, i, word);
                told++;
            }
        }
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
        cctv_failures_note(failures, camera, CCTV_FAILURE_LOGIN,
                           START + camera * 1000);
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

        cctv_failures_note(failures, 7, CCTV_FAILURE_OFFLINE,
                           START - 10 * SECOND);
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
    tcase_add_test(tc, one_tries_and_the_others_wait);
    tcase_add_test(tc, a_failure_that_two_note_counts_once);
    tcase_add_test(tc, each_failure_is_told_once);
    tcase_add_test(tc, more_cameras_than_entries_forget_the_oldest);
    tcase_add_test(tc, of_many_that_come_at_once_after_a_back_off_one_tries);
    tcase_add_loop_test(tc, one_client_gets_half_of_the_places, 0, 4);
    tcase_add_test(tc, so_many_may_follow_as_there_are_places);
    return tc;
}
