/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"
#include "t_postgres.h"

#include "database/cancel.h"

#include <time.h>

static t_postgres_t server;
static cctv_canceller_t canceller;
static PGconn *conn;

static void start(void)
{
    t_postgres_start(&server, 1);
    conn = t_postgres_connect(&server);
    atomic_store(&canceller.running, 0);
}

static void stop(void)
{
    PQfinish(conn);
    t_postgres_stop(&server);
}

static void wait_until_none_runs(void)
{
    struct timespec ms = { .tv_nsec = 1000000 };

    while (atomic_load(&canceller.running) > 0) {
        nanosleep(&ms, NULL);
    }
}

START_TEST(a_cancel_has_arrived_when_the_wait_ends)
{
    cctv_cancel_t *cancel = cctv_cancel_start(&canceller, conn);

    ck_assert_ptr_nonnull(cancel);
    ck_assert(cctv_cancel_wait(cancel, cctv_now() + 10000000));
    ck_assert_int_eq(atomic_load(&server.cancels), 1);
    wait_until_none_runs();
}
END_TEST

START_TEST(a_server_that_hangs_keeps_a_limited_number_of_threads)
{
    cctv_cancel_t *cancels[CCTV_CANCELS_MAX];
    int i;

    t_postgres_hang(&server);
    for (i = 0; i < CCTV_CANCELS_MAX; i++) {
        cancels[i] = cctv_cancel_start(&canceller, conn);
        ck_assert_ptr_nonnull(cancels[i]);
    }
    ck_assert_ptr_null(cctv_cancel_start(&canceller, conn));
    for (i = 0; i < CCTV_CANCELS_MAX; i++) {
        ck_assert(!cctv_cancel_wait(cancels[i], cctv_now() + 1000));
    }
    ck_assert_int_eq(atomic_load(&canceller.running), CCTV_CANCELS_MAX);
    /* The threads free what the waiting thread has left. */
    t_postgres_go_on(&server);
    wait_until_none_runs();
    ck_assert_int_eq(atomic_load(&server.cancels), CCTV_CANCELS_MAX);
    cancels[0] = cctv_cancel_start(&canceller, conn);
    ck_assert(cctv_cancel_wait(cancels[0], cctv_now() + 10000000));
    wait_until_none_runs();
}
END_TEST

START_TEST(a_connection_without_a_backend_cannot_be_cancelled)
{
    ck_assert_ptr_null(cctv_cancel_start(&canceller, NULL));
    ck_assert_int_eq(atomic_load(&canceller.running), 0);
}
END_TEST

TCase *cancel_tests(void)
{
    TCase *tcase = tcase_create("cancel");

    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_test(tcase, a_cancel_has_arrived_when_the_wait_ends);
    tcase_add_test(tcase,
                   a_server_that_hangs_keeps_a_limited_number_of_threads);
    tcase_add_test(tcase, a_connection_without_a_backend_cannot_be_cancelled);
    return tcase;
}
