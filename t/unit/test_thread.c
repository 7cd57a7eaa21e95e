/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "core/thread.h"

#include <signal.h>

static cctv_stop_t stop;
static sigset_t blocked;

static void *pause_for_long(void *went_on)
{
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    *(bool *)went_on = cctv_stop_pause(&stop, INT64_C(3600000000));
    return NULL;
}

START_TEST(a_thread_that_pauses_is_told_to_stop)
{
    pthread_t thread;
    sigset_t own;
    bool went_on = true;

    ck_assert(cctv_stop_init(&stop));
    ck_assert(cctv_thread_create(&thread, NULL, pause_for_long, &went_on));
    cctv_stop_tell(&stop);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert(!went_on);
    /* httpd's signal handlers run in httpd's threads only. */
    ck_assert(sigismember(&blocked, SIGTERM));
    pthread_sigmask(SIG_SETMASK, NULL, &own);
    ck_assert(!sigismember(&own, SIGTERM));
    cctv_stop_destroy(&stop);
}
END_TEST

START_TEST(a_pause_lasts_until_its_end)
{
    cctv_time_t started = cctv_now();

    ck_assert(cctv_stop_init(&stop));
    ck_assert(cctv_stop_pause(&stop, 0));
    ck_assert(cctv_stop_pause(&stop, 20000));
    ck_assert_int_ge(cctv_now() - started, 20000);
    cctv_stop_tell(&stop);
    ck_assert(!cctv_stop_pause(&stop, 0));
    /* A child of the next generation starts anew. */
    ck_assert(cctv_stop_init(&stop));
    ck_assert(cctv_stop_pause(&stop, 0));
    cctv_stop_destroy(&stop);
}
END_TEST

TCase *thread_tests(void)
{
    TCase *tcase = tcase_create("thread");

    tcase_add_test(tcase, a_thread_that_pauses_is_told_to_stop);
    tcase_add_test(tcase, a_pause_lasts_until_its_end);
    return tcase;
}
