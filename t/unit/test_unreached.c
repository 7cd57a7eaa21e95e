/* SPDX-License-Identifier: Apache-2.0 */
/* Which Janus servers could not connect to a camera. */
#include "t_common.h"

#include "video/unreached.h"

#include <stdlib.h>

/* Some days after the start of the system. */
#define NOW INT64_C(900000000000)

static cctv_unreached_t unreached;

START_TEST(one_server_is_noted_for_a_minute)
{
    cctv_unreached_note(&unreached, 7, 3, NOW);
    ck_assert(cctv_unreached_has(&unreached, 7, 3, NOW));
    ck_assert(cctv_unreached_has(&unreached, 7, 3, NOW + 58000000));
    ck_assert(!cctv_unreached_has(&unreached, 7, 3, NOW + CCTV_UNREACHED_FOR));
    ck_assert(!cctv_unreached_has(&unreached, 7, 2, NOW));
    ck_assert(!cctv_unreached_has(&unreached, -7, 3, NOW));
    ck_assert(!cctv_unreached_has(&unreached, 8, 3, NOW));
}
END_TEST

START_TEST(new_memory_has_nothing)
{
    int place;

    for (place = 0; place < 32; place++) {
        ck_assert(!cctv_unreached_has(&unreached, 1, place, NOW));
        ck_assert(!cctv_unreached_has(&unreached, INT32_MIN, place, NOW));
    }
}
END_TEST

START_TEST(many_cameras_have_a_word_each)
{
    int kept = 0;
    int32_t camera;

    for (camera = 1; camera <= 400; camera++) {
        cctv_unreached_note(&unreached, camera, camera % 32, NOW);
    }
    for (camera = 1; camera <= 400; camera++) {
        kept += cctv_unreached_has(&unreached, camera, camera % 32, NOW);
    }
    ck_assert_int_ge(kept, 370);
}
END_TEST

static void clear(void)
{
    unreached = (cctv_unreached_t){ .words = { 0 } };
}

TCase *unreached_tests(void)
{
    TCase *tc = tcase_create("unreached");

    tcase_add_checked_fixture(tc, clear, NULL);
    tcase_add_test(tc, one_server_is_noted_for_a_minute);
    tcase_add_test(tc, new_memory_has_nothing);
    tcase_add_test(tc, many_cameras_have_a_word_each);
    return tc;
}
