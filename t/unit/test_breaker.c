/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "guard/breaker.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define LEASE 5000000

static cctv_breaker_t breaker;
static cctv_time_t since;

static cctv_breaker_answer_t ask(cctv_time_t now)
{
    return cctv_breaker_ask(&breaker, now, LEASE, &since);
}

static void start(void)
{
    breaker = (cctv_breaker_t){ 0 };
}

START_TEST(is_closed_at_first)
{
    start();
    ck_assert_int_eq(ask(1), CCTV_BREAKER_CLOSED);
    ck_assert(!cctv_breaker_is_open(&breaker));
    ck_assert(!cctv_breaker_answered(&breaker, 2));
}
END_TEST

START_TEST(a_failure_opens_it_and_one_at_a_time_may_probe)
{
    start();
    cctv_breaker_failed(&breaker, 1000000, 900000, false);
    ck_assert(cctv_breaker_is_open(&breaker));
    ck_assert_int_eq(ask(1000001), CCTV_BREAKER_DOWN);
    ck_assert_int_eq(ask(1000000 + CCTV_BREAKER_PAUSE - 1), CCTV_BREAKER_DOWN);
    ck_assert_int_eq(ask(1000000 + CCTV_BREAKER_PAUSE), CCTV_BREAKER_PROBE);
    ck_assert_int_eq(ask(1300000), CCTV_BREAKER_PROBED);
    ck_assert_int_eq(since, 1000000 + CCTV_BREAKER_PAUSE);
}
END_TEST

START_TEST(an_answer_closes_it)
{
    start();
    cctv_breaker_failed(&breaker, 1000000, 900000, false);
    ck_assert_int_eq(ask(2000000), CCTV_BREAKER_PROBE);
    ck_assert(cctv_breaker_answered(&breaker, 2000001));
    ck_assert_int_eq(ask(2000002), CCTV_BREAKER_CLOSED);
}
END_TEST

START_TEST(a_failed_probe_lets_the_next_one_in_within_a_second)
{
    start();
    cctv_breaker_failed(&breaker, 1000000, 900000, false);
    ck_assert_int_eq(ask(2000000), CCTV_BREAKER_PROBE);
    cctv_breaker_failed(&breaker, 4000000, 2000000, true);
    ck_assert_int_eq(ask(4000001), CCTV_BREAKER_DOWN);
    ck_assert_int_eq(ask(5000000), CCTV_BREAKER_PROBE);
}
END_TEST

/* One slow query must not shut out all requests. */
START_TEST(a_failure_while_others_are_answered_does_not_open_it)
{
    start();
    cctv_breaker_answered(&breaker, 1500000);
    cctv_breaker_failed(&breaker, 3000000, 1000000, false);
    ck_assert_int_eq(ask(3000001), CCTV_BREAKER_CLOSED);
}
END_TEST

START_TEST(a_failure_from_before_does_not_end_a_probe)
{
    start();
    cctv_breaker_failed(&breaker, 1000000, 900000, false);
    ck_assert_int_eq(ask(2000000), CCTV_BREAKER_PROBE);
    cctv_breaker_failed(&breaker, 2100000, 100000, false);
    ck_assert_int_eq(ask(2500000), CCTV_BREAKER_PROBED);
}
END_TEST

START_TEST(a_prober_that_died_is_replaced)
{
    start();
    cctv_breaker_failed(&breaker, 1000000, 900000, false);
    ck_assert_int_eq(ask(2000000), CCTV_BREAKER_PROBE);
    ck_assert_int_eq(ask(2000000 + LEASE - 1), CCTV_BREAKER_PROBED);
    ck_assert_int_eq(ask(2000000 + LEASE), CCTV_BREAKER_PROBE);
    ck_assert_int_eq(ask(2000000 + LEASE + 1), CCTV_BREAKER_PROBED);
}
END_TEST

/* Virtual hosts with limits of their own share a service. */
START_TEST(a_request_with_a_short_limit_does_not_open_it)
{
    start();
    cctv_breaker_timed_out(&breaker, 1000000 + CCTV_BREAKER_LEAST_WAIT - 1,
                           1000000, false);
    ck_assert(!cctv_breaker_is_open(&breaker));
    cctv_breaker_timed_out(&breaker, 1000000 + CCTV_BREAKER_LEAST_WAIT,
                           1000000, false);
    ck_assert(cctv_breaker_is_open(&breaker));
}
END_TEST

START_TEST(a_refusal_opens_it_at_once)
{
    start();
    cctv_breaker_failed(&breaker, 1000001, 1000000, false);
    ck_assert(cctv_breaker_is_open(&breaker));
}
END_TEST

/* Otherwise all requests would wait for the lease of the probe. */
START_TEST(a_probe_with_a_short_limit_lets_the_next_one_in)
{
    start();
    cctv_breaker_failed(&breaker, 1000000, 900000, false);
    ck_assert_int_eq(ask(2000000), CCTV_BREAKER_PROBE);
    cctv_breaker_timed_out(&breaker, 2100000, 2000000, true);
    ck_assert_int_eq(ask(2100000 + CCTV_BREAKER_PAUSE), CCTV_BREAKER_PROBE);
}
END_TEST

START_TEST(of_many_processes_one_probes)
{
    enum {
        PROCESSES = 8,
        ROUNDS = 200
    };
    struct {
        cctv_breaker_t breaker;
        _Atomic int probes[ROUNDS];
    } *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int i, round;

    ck_assert_ptr_ne(shared, MAP_FAILED);
    cctv_breaker_failed(&shared->breaker, 1, 1, false);
    for (i = 0; i < PROCESSES; i++) {
        if (fork() == 0) {
            for (round = 0; round < ROUNDS; round++) {
                /* Each round starts after the lease of the last probe, whose
                 * process has died. */
                cctv_time_t now = (cctv_time_t)(round + 1) * LEASE * 2;
                cctv_time_t from;

                if (cctv_breaker_ask(&shared->breaker, now, LEASE, &from)
                    == CCTV_BREAKER_PROBE) {
                    atomic_fetch_add(&shared->probes[round], 1);
                }
            }
            _exit(0);
        }
    }
    for (i = 0; i < PROCESSES; i++) {
        int status;

        ck_assert_int_gt(wait(&status), 0);
        ck_assert_int_eq(status, 0);
    }
    for (round = 0; round < ROUNDS; round++) {
        ck_assert_int_le(shared->probes[round], 1);
    }
    ck_assert_int_eq(shared->probes[ROUNDS - 1], 1);
    munmap(shared, sizeof *shared);
}
END_TEST

TCase *breaker_tests(void)
{
    TCase *tc = tcase_create("breaker");

    tcase_add_test(tc, is_closed_at_first);
    tcase_add_test(tc, a_failure_opens_it_and_one_at_a_time_may_probe);
    tcase_add_test(tc, an_answer_closes_it);
    tcase_add_test(tc, a_failed_probe_lets_the_next_one_in_within_a_second);
    tcase_add_test(tc, a_failure_while_others_are_answered_does_not_open_it);
    tcase_add_test(tc, a_failure_from_before_does_not_end_a_probe);
    tcase_add_test(tc, a_prober_that_died_is_replaced);
    tcase_add_test(tc, a_request_with_a_short_limit_does_not_open_it);
    tcase_add_test(tc, a_refusal_opens_it_at_once);
    tcase_add_test(tc, a_probe_with_a_short_limit_lets_the_next_one_in);
    tcase_add_test(tc, of_many_processes_one_probes);
    return tc;
}
