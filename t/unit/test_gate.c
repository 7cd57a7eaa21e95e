/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "guard/gate.h"

#include <stdatomic.h>

#define MS   1000
#define SLOW 500000

static cctv_gate_t gate;

/* A thread that wants to enter, and what happened to it. */
typedef struct {
    pthread_t thread;
    int64_t patience; /* µs */
    bool came_in;
    int number;         /* of those that came in */
    cctv_time_t waited; /* µs */
} visitor_t;

static atomic_int numbers;

static void *visit(void *visitor_)
{
    visitor_t *visitor = visitor_;
    cctv_time_t started = cctv_now();

    visitor->came_in = cctv_gate_enter(&gate, started + visitor->patience);
    visitor->waited = cctv_now() - started;
    if (visitor->came_in) {
        visitor->number = atomic_fetch_add(&numbers, 1);
        cctv_gate_leave(&gate, cctv_now());
    }
    return NULL;
}

static void send_in(visitor_t *visitor, int64_t patience)
{
    visitor->patience = patience;
    ck_assert_int_eq(pthread_create(&visitor->thread, NULL, visit, visitor),
                     0);
}

static void wait_until_waiting(int count)
{
    for (;;) {
        struct timespec ms = { .tv_nsec = 1000000 };
        int waiting;

        pthread_mutex_lock(&gate.mutex);
        waiting = gate.waiting;
        pthread_mutex_unlock(&gate.mutex);
        if (waiting == count) {
            return;
        }
        nanosleep(&ms, NULL);
    }
}

START_TEST(as_many_as_there_are_places_come_in_at_once)
{
    cctv_gate_init(&gate, 2, 0, 0, SLOW);
    ck_assert(cctv_gate_enter(&gate, cctv_now() + 1000 * MS));
    ck_assert(cctv_gate_enter(&gate, cctv_now() + 1000 * MS));
    /* The queue has no room, so the thread is refused at once. */
    ck_assert(!cctv_gate_enter(&gate, cctv_now() + 10000 * MS));
    cctv_gate_leave(&gate, cctv_now());
    ck_assert(cctv_gate_enter(&gate, cctv_now() + 1000 * MS));
}
END_TEST

START_TEST(who_waits_gets_the_place_that_comes_free)
{
    visitor_t visitor;

    cctv_gate_init(&gate, 1, 1, 1, SLOW);
    ck_assert(cctv_gate_enter(&gate, cctv_now() + 1000 * MS));
    send_in(&visitor, 10000 * MS);
    wait_until_waiting(1);
    cctv_gate_leave(&gate, cctv_now());
    pthread_join(visitor.thread, NULL);
    ck_assert(visitor.came_in);
    ck_assert_int_lt(visitor.waited, 5000 * MS);
}
END_TEST

START_TEST(nobody_waits_longer_than_the_deadline)
{
    visitor_t visitor;

    cctv_gate_init(&gate, 1, 1, 1, SLOW);
    ck_assert(cctv_gate_enter(&gate, cctv_now() + 1000 * MS));
    send_in(&visitor, 50 * MS);
    pthread_join(visitor.thread, NULL);
    ck_assert(!visitor.came_in);
    ck_assert_int_ge(visitor.waited, 50 * MS);
    ck_assert_int_lt(visitor.waited, 5000 * MS);
    ck_assert_int_eq(gate.waiting, 0);
}
END_TEST

START_TEST(while_nobody_comes_out_most_are_sent_away)
{
    visitor_t visitor[3];
    int sent_away = 0;
    int i;

    cctv_gate_init(&gate, 1, 3, 1, SLOW);
    ck_assert(cctv_gate_enter(&gate, cctv_now() + 1000 * MS));
    for (i = 0; i < 3; i++) {
        send_in(&visitor[i], 2000 * MS);
    }
    for (i = 0; i < 3; i++) {
        pthread_join(visitor[i].thread, NULL);
        ck_assert(!visitor[i].came_in);
        /* Two are refused long before their deadline, one at it. */
        sent_away += visitor[i].waited < 1500 * MS;
    }
    ck_assert_int_eq(sent_away, 2);
    /* A thread that arrives now does not wait at all. */
    send_in(&visitor[0], 2000 * MS);
    wait_until_waiting(1);
    ck_assert(!cctv_gate_enter(&gate, cctv_now() + 2000 * MS));
    pthread_join(visitor[0].thread, NULL);
}
END_TEST

START_TEST(long_stays_make_it_slow_and_short_ones_quick_again)
{
    cctv_time_t now = cctv_now();
    int i;

    cctv_gate_init(&gate, 1, 1, 0, SLOW);
    for (i = 0; i < 8; i++) {
        ck_assert(cctv_gate_enter(&gate, now));
        cctv_gate_leave(&gate, cctv_now() - 1000 * MS);
    }
    ck_assert_int_gt(gate.mean_stay, SLOW);
    for (i = 0; i < 32; i++) {
        ck_assert(cctv_gate_enter(&gate, now));
        cctv_gate_leave(&gate, cctv_now());
    }
    ck_assert_int_lt(gate.mean_stay, SLOW);
}
END_TEST

enum {
    THREADS = 16,
    ROUNDS = 2000,
    PLACES = 3
};

static _Atomic int inside;
static _Atomic int most;
static _Atomic int entered;

static void *hurry(void *unused)
{
    struct timespec stay = { .tv_nsec = 50000 };
    int i;

    (void)unused;
    for (i = 0; i < ROUNDS; i++) {
        if (cctv_gate_enter(&gate, cctv_now() + 60000 * MS)) {
            int now = atomic_fetch_add(&inside, 1) + 1;
            int before = atomic_load(&most);

            while (now > before
                   && !atomic_compare_exchange_weak(&most, &before, now)) {
            }
            atomic_fetch_add(&entered, 1);
            /* Long enough for all other threads to queue. */
            nanosleep(&stay, NULL);
            atomic_fetch_sub(&inside, 1);
            cctv_gate_leave(&gate, cctv_now());
        }
    }
    return NULL;
}

/* The queue has room for every thread without a place. So no thread may be
 * refused, not even while a place is being handed to a waiting thread. */
START_TEST(under_load_no_place_is_lost_and_none_given_twice)
{
    pthread_t thread[THREADS];
    int i;

    cctv_gate_init(&gate, PLACES, THREADS - PLACES, THREADS - PLACES, SLOW);
    for (i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_create(&thread[i], NULL, hurry, NULL), 0);
    }
    for (i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
    }
    ck_assert_int_eq(entered, THREADS * ROUNDS);
    ck_assert_int_le(most, PLACES);
    ck_assert_int_eq(gate.inside, 0);
    ck_assert_int_eq(gate.waiting, 0);
}
END_TEST

START_TEST(only_so_many_pause)
{
    cctv_gate_init(&gate, 1, 1, 0, SLOW);
    ck_assert(cctv_gate_pause(&gate, 1 * MS, false));
    ck_assert(!cctv_gate_pause(&gate, 1 * MS, true));
    ck_assert_int_eq(gate.paused, 0);
}
END_TEST

START_TEST(any_number_waits_while_the_service_answers)
{
    visitor_t visitor[THREADS];
    int i;

    cctv_gate_init(&gate, 1, CCTV_GATE_ANY, 0, 10000 * MS);
    ck_assert(cctv_gate_enter(&gate, cctv_now()));
    for (i = 0; i < THREADS; i++) {
        send_in(&visitor[i], 60000 * MS);
    }
    wait_until_waiting(THREADS);
    cctv_gate_leave(&gate, cctv_now());
    for (i = 0; i < THREADS; i++) {
        pthread_join(visitor[i].thread, NULL);
        ck_assert(visitor[i].came_in);
    }
}
END_TEST

START_TEST(who_has_waited_longest_comes_in_first)
{
    visitor_t visitor[THREADS];
    visitor_t impatient;
    int i;

    cctv_gate_init(&gate, 1, CCTV_GATE_ANY, CCTV_GATE_ANY, 1 * MS);
    ck_assert(cctv_gate_enter(&gate, cctv_now()));
    for (i = 0; i < THREADS; i++) {
        if (i == THREADS / 2) {
            send_in(&impatient, 20 * MS);
            pthread_join(impatient.thread, NULL);
            ck_assert(!impatient.came_in);
        }
        send_in(&visitor[i], 60000 * MS);
        wait_until_waiting(i + 1);
    }
    atomic_store(&numbers, 0);
    cctv_gate_leave(&gate, cctv_now());
    for (i = 0; i < THREADS; i++) {
        pthread_join(visitor[i].thread, NULL);
        ck_assert_int_eq(visitor[i].number, i);
    }
}
END_TEST

START_TEST(a_gate_that_shrinks_lets_fewer_in_and_grows_again)
{
    visitor_t visitor;

    cctv_gate_init(&gate, 3, 1, 1, SLOW);
    ck_assert(cctv_gate_enter(&gate, cctv_now()));
    ck_assert(cctv_gate_enter(&gate, cctv_now()));
    cctv_gate_resize(&gate, 1);
    send_in(&visitor, 60000 * MS);
    wait_until_waiting(1);
    /* Two threads are inside, but only one may be: the place that comes free
     * is not handed on. */
    cctv_gate_leave(&gate, cctv_now());
    ck_assert_int_eq(gate.inside, 1);
    /* An added place goes to the waiting thread. */
    ck_assert(cctv_gate_grow(&gate, 3));
    pthread_join(visitor.thread, NULL);
    ck_assert(visitor.came_in);
    ck_assert(!cctv_gate_grow(&gate, 3));
    ck_assert_int_eq(gate.max_inside, 3);
    cctv_gate_leave(&gate, cctv_now());
    ck_assert_int_eq(gate.inside, 0);
}
END_TEST

TCase *gate_tests(void)
{
    TCase *tc = tcase_create("gate");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, as_many_as_there_are_places_come_in_at_once);
    tcase_add_test(tc, who_waits_gets_the_place_that_comes_free);
    tcase_add_test(tc, nobody_waits_longer_than_the_deadline);
    tcase_add_test(tc, while_nobody_comes_out_most_are_sent_away);
    tcase_add_test(tc, long_stays_make_it_slow_and_short_ones_quick_again);
    tcase_add_test(tc, under_load_no_place_is_lost_and_none_given_twice);
    tcase_add_test(tc, only_so_many_pause);
    tcase_add_test(tc, any_number_waits_while_the_service_answers);
    tcase_add_test(tc, who_has_waited_longest_comes_in_first);
    tcase_add_test(tc, a_gate_that_shrinks_lets_fewer_in_and_grows_again);
    return tc;
}
