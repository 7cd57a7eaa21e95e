/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "database/shortage.h"

static cctv_shortage_t shortage;

START_TEST(a_shortage_is_known_for_a_minute)
{
    ck_assert(!cctv_shortage_is_known(&shortage));
    cctv_shortage_note(&shortage);
    ck_assert(cctv_shortage_is_known(&shortage));
    atomic_store(&shortage.short_until, cctv_now());
    ck_assert(!cctv_shortage_is_known(&shortage));
}
END_TEST

START_TEST(one_process_asks_and_one_other_process_grants)
{
    cctv_turn_t asks = { 0 };
    cctv_turn_t waits = { 0 };
    cctv_turn_t has = { 0 };

    ck_assert(!cctv_shortage_grant(&shortage, &has));
    ck_assert(cctv_turn_take(&shortage, &asks));
    ck_assert(!cctv_turn_take(&shortage, &waits));
    ck_assert(cctv_shortage_is_wanted(&shortage));
    ck_assert(!cctv_shortage_grant(&shortage, &asks));
    ck_assert(cctv_shortage_grant(&shortage, &has));
    ck_assert(!cctv_shortage_grant(&shortage, &has));
    /* It does not ask for a second one at once. */
    ck_assert(cctv_turn_take(&shortage, &asks));
    ck_assert(!cctv_shortage_is_wanted(&shortage));
    cctv_turn_end(&shortage, &asks);
    ck_assert(cctv_turn_take(&shortage, &waits));
    ck_assert(cctv_shortage_is_wanted(&shortage));
    cctv_turn_end(&shortage, &waits);
    ck_assert(!cctv_shortage_is_wanted(&shortage));
}
END_TEST

START_TEST(the_turn_of_a_process_that_died_expires)
{
    cctv_turn_t dead = { 0 };
    cctv_turn_t next = { 0 };

    ck_assert(cctv_turn_take(&shortage, &dead));
    ck_assert(!cctv_turn_take(&shortage, &next));
    atomic_store(&shortage.turn, cctv_now() - 1);
    ck_assert(cctv_turn_take(&shortage, &next));
    /* A process without a turn ends nobody's. */
    cctv_turn_end(&shortage, &(cctv_turn_t){ 0 });
    ck_assert(cctv_shortage_is_wanted(&shortage));
}
END_TEST

static void start(void)
{
    shortage = (cctv_shortage_t){ 0 };
}

TCase *shortage_tests(void)
{
    TCase *tcase = tcase_create("shortage");

    tcase_add_checked_fixture(tcase, start, NULL);
    tcase_add_test(tcase, a_shortage_is_known_for_a_minute);
    tcase_add_test(tcase, one_process_asks_and_one_other_process_grants);
    tcase_add_test(tcase, the_turn_of_a_process_that_died_expires);
    return tcase;
}
