/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "video/old_pins.h"

#include <string.h>

static cctv_old_pins_t pins;

START_TEST(an_old_pin_is_taken_once)
{
    memset(&pins, 0, sizeof pins);
    ck_assert(!cctv_old_pins_has(&pins));
    cctv_old_pins_add(&pins, 7);
    cctv_old_pins_add(&pins, INT32_MAX);
    cctv_old_pins_add(&pins, 7);
    ck_assert(cctv_old_pins_has(&pins));
    ck_assert_int_eq(cctv_old_pins_take(&pins), 7);
    ck_assert_int_eq(cctv_old_pins_take(&pins), INT32_MAX);
    ck_assert_int_eq(cctv_old_pins_take(&pins), 0);
    ck_assert(!cctv_old_pins_has(&pins));
}
END_TEST

START_TEST(too_many_old_pins_make_all_pins_old)
{
    int i;

    memset(&pins, 0, sizeof pins);
    for (i = 1; i <= CCTV_OLD_PINS_MAX; i++) {
        cctv_old_pins_add(&pins, i);
    }
    ck_assert(!cctv_old_pins_take_all(&pins));
    cctv_old_pins_add(&pins, i);
    ck_assert(cctv_old_pins_take_all(&pins));
    ck_assert(!cctv_old_pins_take_all(&pins));
    while (cctv_old_pins_take(&pins) != 0) {
    }
    cctv_old_pins_add_all(&pins);
    ck_assert(cctv_old_pins_has(&pins));
}
END_TEST

TCase *old_pins_tests(void)
{
    TCase *tc = tcase_create("old_pins");

    tcase_add_test(tc, an_old_pin_is_taken_once);
    tcase_add_test(tc, too_many_old_pins_make_all_pins_old);
    return tc;
}
