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

START_TEST(a_janus_session_may_watch_the_camera_of_its_token)
{
    cctv_proxied_t *proxied = make_proxied();

    ck_assert_int_eq(cctv_proxied_get(proxied, 77), 0);
    cctv_proxied_put(proxied, 77, 42);
    cctv_proxied_put(proxied, 77 + CCTV_PROXIED_SIZE, INT32_MAX);
    ck_assert_int_eq(cctv_proxied_get(proxied, 77), 42);
    ck_assert_int_eq(cctv_proxied_get(proxied, 77 + CCTV_PROXIED_SIZE),
                     INT32_MAX);
    cctv_proxied_put(proxied, 77, 43);
    ck_assert_int_eq(cctv_proxied_get(proxied, 77), 43);
    cctv_proxied_remove(proxied, 77);
    ck_assert_int_eq(cctv_proxied_get(proxied, 77), 0);
    free(proxied);
}
END_TEST

START_TEST(thousands_of_sessions_are_known_and_none_is_taken_for_another)
{
    cctv_proxied_t *proxied = make_proxied();
    uint64_t janus = 1;
    int known = 0;
    int32_t i;

    for (i = 1; i <= 100000; i++) {
        janus = janus * UINT64_C(6364136223846793005) + 1;
        cctv_proxied_put(proxied, janus >> 11, i);
    }
    janus = 1;
    for (i = 1; i <= 100000; i++) {
        int32_t camera;

        janus = janus * UINT64_C(6364136223846793005) + 1;
        camera = cctv_proxied_get(proxied, janus >> 11);
        ck_assert(camera == i || camera == 0);
        known += camera == i;
    }
    ck_assert_int_gt(known, CCTV_PROXIED_SIZE / 2);
    free(proxied);
}
END_TEST

TCase *proxied_tests(void)
{
    TCase *tc = tcase_create("proxied");

    tcase_add_test(tc, a_janus_session_may_watch_the_camera_of_its_token);
    tcase_add_test(
        tc, thousands_of_sessions_are_known_and_none_is_taken_for_another);
    return tc;
}
