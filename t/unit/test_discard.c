/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "views/discard.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

enum {
    VIEWS = 4,
    PLACES = VIEWS + CCTV_DISCARD_SPARE
};

static cctv_discard_t *make(void)
{
    cctv_discard_t *discard = apr_palloc(pool, sizeof *discard);

    cctv_discard_open(discard, apr_pcalloc(pool, cctv_discard_size(VIEWS)),
                      VIEWS);
    ck_assert_uint_eq(discard->size, PLACES);
    return discard;
}

static uint64_t take(const cctv_discard_t *discard, uint32_t place)
{
    uint64_t id = cctv_discard_look(discard, place);

    return id != 0 && cctv_discard_done(discard, place, id) ? id : 0;
}

START_TEST(what_was_put_is_taken_once)
{
    cctv_discard_t *discard = make();
    uint64_t greatest = (UINT64_C(1) << 53) - 1;

    cctv_discard_put(discard, 7);
    cctv_discard_put(discard, greatest);
    ck_assert_uint_eq(take(discard, 0), 7);
    ck_assert_uint_eq(take(discard, 1), greatest);
    ck_assert_uint_eq(take(discard, 0), 0);
    ck_assert_uint_eq(take(discard, 1), 0);
    ck_assert_uint_eq(take(discard, PLACES - 1), 0);
}
END_TEST

/* For example, a keeper was killed before Janus had answered. */
START_TEST(what_is_not_done_is_still_there)
{
    cctv_discard_t *discard = make();

    cctv_discard_put(discard, 7);
    ck_assert_uint_eq(cctv_discard_look(discard, 0), 7);
    ck_assert_uint_eq(cctv_discard_look(discard, 0), 7);
    ck_assert(!cctv_discard_done(discard, 0, 8));
    ck_assert(cctv_discard_done(discard, 0, 7));
    ck_assert(!cctv_discard_done(discard, 0, 7));
    ck_assert_uint_eq(cctv_discard_look(discard, 0), 0);
}
END_TEST

START_TEST(all_views_that_end_at_once_have_room)
{
    enum {
        MANY = 100000
    };
    cctv_discard_t discard;
    uint32_t i;

    cctv_discard_open(&discard, apr_pcalloc(pool, cctv_discard_size(MANY)),
                      MANY);
    for (i = 1; i <= MANY; i++) {
        cctv_discard_put(&discard, i);
    }
    for (i = 1; i <= MANY; i++) {
        ck_assert_uint_eq(take(&discard, i - 1), i);
    }
}
END_TEST

START_TEST(where_more_come_than_there_are_places_the_oldest_are_lost)
{
    cctv_discard_t *discard = make();
    uint64_t id;
    unsigned i;

    for (id = 1; id <= PLACES + 3; id++) {
        cctv_discard_put(discard, id);
    }
    for (i = 0; i < PLACES; i++) {
        ck_assert_uint_eq(take(discard, i), i < 3 ? PLACES + 1 + i : i + 1);
    }
}
END_TEST

enum {
    PUTTERS = 4,
    TAKERS = 4,
    PUTS = 50000
};

typedef struct {
    pthread_t thread;
    cctv_discard_t *discard;
    /* How often each id was taken. */
    _Atomic unsigned char *taken;
    _Atomic int *putting;
    uint64_t first;
} actor_t;

static void *put_often(void *actor_)
{
    actor_t *actor = actor_;
    uint64_t i;

    for (i = 0; i < PUTS; i++) {
        cctv_discard_put(actor->discard, actor->first + i);
    }
    atomic_fetch_sub(actor->putting, 1);
    return NULL;
}

static void take_all(const actor_t *actor)
{
    unsigned i;

    for (i = 0; i < PLACES; i++) {
        uint64_t id = take(actor->discard, i);

        if (id != 0) {
            atomic_fetch_add(&actor->taken[id], 1);
        }
    }
}

static void *take_often(void *actor_)
{
    actor_t *actor = actor_;
    bool goes_on;

    do {
        goes_on = atomic_load(actor->putting) > 0;
        take_all(actor);
    } while (goes_on);
    return NULL;
}

START_TEST(of_many_who_take_none_gets_what_another_one_has)
{
    cctv_discard_t *discard = make();
    _Atomic int putting = PUTTERS;
    actor_t actors[PUTTERS + TAKERS];
    _Atomic unsigned char *taken = apr_pcalloc(pool, PUTTERS * PUTS + 1);
    uint64_t sum = 0;
    uint64_t i;

    for (i = 0; i < PUTTERS + TAKERS; i++) {
        actors[i] = (actor_t){ .discard = discard,
                               .taken = taken,
                               .putting = &putting,
                               .first = 1 + i * PUTS };
        ck_assert_int_eq(pthread_create(&actors[i].thread, NULL,
                                        i < PUTTERS ? put_often : take_often,
                                        &actors[i]),
                         0);
    }
    for (i = 0; i < PUTTERS + TAKERS; i++) {
        pthread_join(actors[i].thread, NULL);
    }
    ck_assert_uint_eq(taken[0], 0);
    for (i = 1; i <= PUTTERS * PUTS; i++) {
        ck_assert_uint_le(taken[i], 1);
        sum += taken[i];
    }
    ck_assert_uint_ge(sum, PLACES);
    ck_assert_uint_eq(*discard->next, PUTTERS * PUTS);
}
END_TEST

/* Nothing is lost as long as there is room. */
START_TEST(of_what_many_take_at_once_nothing_is_lost)
{
    cctv_discard_t *discard = make();
    _Atomic int putting = 0;
    actor_t actors[TAKERS];
    _Atomic unsigned char *taken = apr_pcalloc(pool, PLACES + 1);
    uint64_t i;

    for (i = 1; i <= PLACES; i++) {
        cctv_discard_put(discard, i);
    }
    for (i = 0; i < TAKERS; i++) {
        actors[i] = (actor_t){ .discard = discard,
                               .taken = taken,
                               .putting = &putting };
        ck_assert_int_eq(
            pthread_create(&actors[i].thread, NULL, take_often, &actors[i]),
            0);
    }
    for (i = 0; i < TAKERS; i++) {
        pthread_join(actors[i].thread, NULL);
    }
    for (i = 1; i <= PLACES; i++) {
        ck_assert_uint_eq(taken[i], 1);
    }
}
END_TEST

TCase *discard_tests(void)
{
    TCase *tc = tcase_create("discard");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, what_was_put_is_taken_once);
    tcase_add_test(tc, what_is_not_done_is_still_there);
    tcase_add_test(tc, all_views_that_end_at_once_have_room);
    tcase_add_test(tc,
                   where_more_come_than_there_are_places_the_oldest_are_lost);
    tcase_add_test(tc, of_many_who_take_none_gets_what_another_one_has);
    tcase_add_test(tc, of_what_many_take_at_once_nothing_is_lost);
    return tc;
}
