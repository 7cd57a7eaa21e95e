/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "video/proxied.h"

#include <stdlib.h>
#include <string.h>

static cctv_proxied_t *make_proxied(void)
{
    cctv_proxied_t *proxied = aligned_alloc(64, sizeof *proxied);

    ck_assert_ptr_nonnull(proxied);
    memset(proxied, 0, sizeof *proxied);
    return proxied;
}

START_TEST(a_janus_session_leads_to_the_slot_of_its_view)
{
    cctv_proxied_t *proxied = make_proxied();
    uint64_t handle;
    uint32_t slot;

    ck_assert(!cctv_proxied_get(proxied, 77, &handle, &slot));
    cctv_proxied_put(proxied, 77, 5, 0);
    cctv_proxied_put(proxied, 77 + CCTV_PROXIED_SIZE, 6, UINT32_MAX);
    ck_assert(cctv_proxied_get(proxied, 77, &handle, &slot));
    ck_assert_uint_eq(handle, 5);
    ck_assert_uint_eq(slot, 0);
    ck_assert(
        cctv_proxied_get(proxied, 77 + CCTV_PROXIED_SIZE, &handle, &slot));
    ck_assert_uint_eq(handle, 6);
    ck_assert_uint_eq(slot, UINT32_MAX);
    cctv_proxied_put(proxied, 77, 7, 3);
    ck_assert(cctv_proxied_get(proxied, 77, &handle, &slot));
    ck_assert_uint_eq(handle, 7);
    ck_assert_uint_eq(slot, 3);
    cctv_proxied_remove(proxied, 77);
    ck_assert(!cctv_proxied_get(proxied, 77, &handle, &slot));
    free(proxied);
}
END_TEST

START_TEST(thousands_of_sessions_are_known_and_none_is_taken_for_another)
{
    cctv_proxied_t *proxied = make_proxied();
    uint64_t janus = 1;
    int known = 0;
    uint64_t handle;
    uint32_t slot;
    uint32_t i;

    for (i = 1; i <= 100000; i++) {
        janus = janus * UINT64_C(6364136223846793005) + 1;
        cctv_proxied_put(proxied, janus >> 11, i, i);
    }
    janus = 1;
    for (i = 1; i <= 100000; i++) {
        janus = janus * UINT64_C(6364136223846793005) + 1;
        if (cctv_proxied_get(proxied, janus >> 11, &handle, &slot)) {
            ck_assert_uint_eq(slot, i);
            ck_assert_uint_eq(handle, i);
            known++;
        }
    }
    ck_assert_int_gt(known, CCTV_PROXIED_SIZE / 2);
    free(proxied);
}
END_TEST

START_TEST(an_old_pin_is_taken_once)
{
    cctv_proxied_t *proxied = make_proxied();

    ck_assert(!cctv_proxied_has_old_pins(proxied));
    cctv_proxied_pin_is_old(proxied, 7);
    cctv_proxied_pin_is_old(proxied, 8);
    cctv_proxied_pin_is_old(proxied, 7);
    ck_assert(cctv_proxied_has_old_pins(proxied));
    ck_assert_int_eq(cctv_proxied_take_pin(proxied), 7);
    ck_assert_int_eq(cctv_proxied_take_pin(proxied), 8);
    ck_assert_int_eq(cctv_proxied_take_pin(proxied), 0);
    ck_assert(!cctv_proxied_has_old_pins(proxied));
    free(proxied);
}
END_TEST

START_TEST(too_many_old_pins_make_all_pins_old)
{
    cctv_proxied_t *proxied = make_proxied();
    int i;

    for (i = 1; i <= CCTV_PROXIED_PINS; i++) {
        cctv_proxied_pin_is_old(proxied, i);
    }
    ck_assert(!cctv_proxied_take_all_pins(proxied));
    cctv_proxied_pin_is_old(proxied, i);
    ck_assert(cctv_proxied_take_all_pins(proxied));
    ck_assert(!cctv_proxied_take_all_pins(proxied));
    while (cctv_proxied_take_pin(proxied) != 0) {
    }
    cctv_proxied_all_pins_are_old(proxied);
    ck_assert(cctv_proxied_has_old_pins(proxied));
    free(proxied);
}
END_TEST

TCase *proxied_tests(void)
{
    TCase *tc = tcase_create("proxied");

    tcase_add_test(tc, a_janus_session_leads_to_the_slot_of_its_view);
    tcase_add_test(
        tc, thousands_of_sessions_are_known_and_none_is_taken_for_another);
    tcase_add_test(tc, an_old_pin_is_taken_once);
    tcase_add_test(tc, too_many_old_pins_make_all_pins_old);
    return tc;
}
