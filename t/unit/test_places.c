/* SPDX-License-Identifier: Apache-2.0 */
/* Places are counted correctly under concurrency and when processes are
 * killed. */
#include "t_common.h"
#include "t_shared.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    THREADS = 8,
    ROUNDS = 20000,
    LIMIT = 2,
    KEYS = 5,
    KILLS = 200
};

static cctv_places_t open_places(uint32_t max)
{
    cctv_places_t places;
    size_t size = cctv_places_size(max);
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    ck_assert_ptr_ne(memory, MAP_FAILED);
    ck_assert_uint_eq(size % 64, 0);
    cctv_places_open(&places, memory, max);
    return places;
}

START_TEST(places_are_taken_up_to_the_limit)
{
    cctv_places_t places = open_places(10);
    uint64_t key;

    for (key = 0; key < 20; key++) {
        ck_assert_uint_eq(cctv_places_count(&places, key), 0);
        ck_assert_int_eq(cctv_places_take(&places, key, 2), CCTV_PLACE_TAKEN);
        ck_assert_int_eq(cctv_places_take(&places, key, 2), CCTV_PLACE_TAKEN);
        ck_assert_int_eq(cctv_places_take(&places, key, 2), CCTV_PLACE_LIMIT);
        ck_assert_int_eq(cctv_places_take(&places, key, 0), CCTV_PLACE_TAKEN);
        ck_assert_uint_eq(cctv_places_count(&places, key), 3);
    }
    cctv_places_give(&places, 7, 1);
    ck_assert_uint_eq(cctv_places_count(&places, 7), 2);
    ck_assert_int_eq(cctv_places_take(&places, 7, 2), CCTV_PLACE_LIMIT);
    cctv_places_give(&places, 7, 2);
    ck_assert_uint_eq(cctv_places_count(&places, 7), 0);
    cctv_places_give(&places, 7, 1);
    ck_assert_uint_eq(cctv_places_count(&places, 7), 0);
    ck_assert_uint_eq(cctv_places_count(&places, 8), 3);
}
END_TEST

START_TEST(there_is_room_for_the_keys_of_all_views)
{
    static const uint32_t sizes[] = { 1, 30, 31, 1000, 100000 };
    uint32_t max = sizes[_i];
    cctv_places_t places = open_places(max);
    uint64_t round;
    uint64_t key;

    /* Cells are reused: each round has other keys. */
    for (round = 0; round < 3; round++) {
        for (key = 0; key < 2 * max; key++) {
            ck_assert_int_eq(cctv_places_take(&places, round << 40 | key, 1),
                             CCTV_PLACE_TAKEN);
        }
        for (key = 0; key < 2 * max; key++) {
            ck_assert_uint_eq(cctv_places_count(&places, round << 40 | key),
                              1);
            cctv_places_give(&places, round << 40 | key, 1);
        }
    }
}
END_TEST

START_TEST(a_bucket_that_is_full_refuses_a_further_key)
{
    cctv_places_t places = open_places(1);
    uint64_t key;

    for (key = 0; key < 62; key++) {
        ck_assert_int_eq(cctv_places_take(&places, key, 0), CCTV_PLACE_TAKEN);
    }
    ck_assert_int_eq(cctv_places_take(&places, key, 0), CCTV_PLACE_NO_ROOM);
    ck_assert_int_eq(cctv_places_take(&places, 3, 0), CCTV_PLACE_TAKEN);
    cctv_places_give(&places, 5, 1);
    ck_assert_int_eq(cctv_places_take(&places, key, 0), CCTV_PLACE_TAKEN);
}
END_TEST

/* Shared by several threads or processes. */
typedef struct {
    _Atomic uint32_t inside[KEYS];
    _Atomic uint32_t too_many;
    _Atomic uint32_t taken;
    _Atomic uint32_t refused_empty;
} seen_t;

static cctv_places_t *shared_places;
static seen_t *seen;

static void take_and_give(uint32_t i)
{
    uint32_t key = i % KEYS;

    if (cctv_places_take(shared_places, key, LIMIT) == CCTV_PLACE_TAKEN) {
        atomic_fetch_add(&seen->taken, 1);
        if (atomic_fetch_add(&seen->inside[key], 1) >= LIMIT) {
            atomic_fetch_add(&seen->too_many, 1);
        }
        atomic_fetch_sub(&seen->inside[key], 1);
        cctv_places_give(shared_places, key, 1);
    }
}

static void *act_often(void *from)
{
    uint32_t start = *(uint32_t *)from;
    uint32_t i;

    for (i = 0; i < ROUNDS; i++) {
        take_and_give(start + i);
    }
    return NULL;
}

/* Keys come and go all the time, so their cells are made and freed. */
START_TEST(no_limit_is_exceeded_by_many_at_once)
{
    cctv_places_t places = open_places(10);
    seen_t all = { .too_many = 0 };
    pthread_t threads[THREADS];
    uint32_t starts[THREADS];
    uint32_t i;

    shared_places = &places;
    seen = &all;
    for (i = 0; i < THREADS; i++) {
        starts[i] = i;
        ck_assert_int_eq(
            pthread_create(&threads[i], NULL, act_often, &starts[i]), 0);
    }
    for (i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    ck_assert_uint_eq(all.too_many, 0);
    ck_assert_uint_gt(all.taken, ROUNDS / 2);
    for (i = 0; i < KEYS; i++) {
        ck_assert_uint_eq(cctv_places_count(&places, i), 0);
    }
}
END_TEST

typedef struct {
    pthread_barrier_t *barrier;
    uint64_t key;
    int taken;
} racer_t;

static void *race(void *racer_)
{
    racer_t *racer = racer_;

    pthread_barrier_wait(racer->barrier);
    racer->taken = cctv_places_take(shared_places, racer->key, 1)
                   == CCTV_PLACE_TAKEN;
    return NULL;
}

/* The key has no cell yet. */
START_TEST(of_two_that_want_the_last_place_exactly_one_gets_it)
{
    cctv_places_t places = open_places(1000);
    pthread_barrier_t barrier;
    uint64_t key;

    shared_places = &places;
    pthread_barrier_init(&barrier, NULL, 2);
    for (key = 0; key < 500; key++) {
        racer_t racers[2] = { { &barrier, key, 0 }, { &barrier, key, 0 } };
        pthread_t thread;

        ck_assert_int_eq(pthread_create(&thread, NULL, race, &racers[0]), 0);
        race(&racers[1]);
        pthread_join(thread, NULL);
        ck_assert_int_eq(racers[0].taken + racers[1].taken, 1);
    }
    pthread_barrier_destroy(&barrier);
}
END_TEST

START_TEST(a_killed_process_blocks_no_key)
{
    cctv_places_t places = open_places(10);
    seen_t *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    uint64_t key;
    int i;

    ck_assert_ptr_ne(shared, MAP_FAILED);
    shared_places = &places;
    seen = shared;
    for (i = 0; i < KILLS; i++) {
        uint32_t before = seen->taken;
        pid_t pid = fork();

        assert_forked(pid);
        while (pid == 0) {
            /* No limit, since each kill may leave one place behind. */
            uint32_t any = seen->taken % KEYS;

            cctv_places_take(shared_places, any, 0);
            atomic_fetch_add(&seen->taken, 1);
            cctv_places_give(shared_places, any, 1);
        }
        while (seen->taken < before + (uint32_t)(i * 7 % 50)) {
        }
        kill_process(pid);
    }
    for (key = 0; key < KEYS; key++) {
        uint32_t left = cctv_places_count(&places, key);

        ck_assert_uint_le(left, KILLS);
        cctv_places_give(&places, key, left);
        ck_assert_uint_eq(cctv_places_count(&places, key), 0);
    }
    cctv_places_tidy(&places);
    for (key = 100; key < 162; key++) {
        ck_assert_int_eq(cctv_places_take(&places, key, 0), CCTV_PLACE_TAKEN);
    }
    munmap(shared, sizeof *shared);
}
END_TEST

TCase *places_tests(void)
{
    TCase *tc = tcase_create("places");

    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, places_are_taken_up_to_the_limit);
    tcase_add_loop_test(tc, there_is_room_for_the_keys_of_all_views, 0, 5);
    tcase_add_test(tc, a_bucket_that_is_full_refuses_a_further_key);
    tcase_add_test(tc, no_limit_is_exceeded_by_many_at_once);
    tcase_add_test(tc, of_two_that_want_the_last_place_exactly_one_gets_it);
    tcase_add_test(tc, a_killed_process_blocks_no_key);
    return tc;
}
