/* SPDX-License-Identifier: Apache-2.0 */
/* The choice of the Janus server of a new view. */
#include "t_common.h"

#include "video/choice.h"
#include "video/server_key.h"

#include <stdio.h>

enum {
    CAMERAS = 20000,
    MAX = CCTV_JANUS_MAX
};

static void make(cctv_choice_t *servers, int count)
{
    int i;

    for (i = 0; i < count; i++) {
        char name[32];

        snprintf(name, sizeof name, "janus%d", i + 1);
        servers[i] = (cctv_choice_t){ .key = cctv_server_key(name),
                                      .weight = 1,
                                      .is_open = true };
    }
}

/* How many cameras have each server first in their order. */
static void count_firsts(const cctv_choice_t *servers, int count, int *firsts)
{
    int i;

    for (i = 0; i < count; i++) {
        firsts[i] = 0;
    }
    for (i = 1; i <= CAMERAS; i++) {
        firsts[cctv_choose(servers, count, i)]++;
    }
}

static void is_within(int number, double wanted, double part)
{
    ck_assert_double_ge(number, wanted * (1 - part));
    ck_assert_double_le(number, wanted * (1 + part));
}

/* ---- The order of a camera ---- */

START_TEST(cameras_are_spread_evenly)
{
    cctv_choice_t servers[MAX];
    int firsts[MAX];
    int count;
    int i;

    for (count = 1; count <= MAX; count++) {
        make(servers, count);
        count_firsts(servers, count, firsts);
        for (i = 0; i < count; i++) {
            is_within(firsts[i], (double)CAMERAS / count, 0.1);
        }
    }
}
END_TEST

START_TEST(cameras_are_spread_by_weight)
{
    cctv_choice_t servers[3];
    int firsts[3];

    make(servers, 3);
    servers[1].weight = 2;
    servers[2].weight = 5;
    count_firsts(servers, 3, firsts);
    is_within(firsts[0], CAMERAS / 8.0, 0.1);
    is_within(firsts[1], CAMERAS / 4.0, 0.1);
    is_within(firsts[2], CAMERAS / 1.6, 0.1);
}
END_TEST

/* Second streams have negative keys. */
START_TEST(only_the_cameras_of_a_server_that_leaves_move)
{
    cctv_choice_t all[5];
    cctv_choice_t fewer[5];
    int moved = 0;
    int i;

    make(all, 5);
    make(fewer, 5);
    fewer[3].is_open = false;
    for (i = -CAMERAS; i <= CAMERAS; i++) {
        int before = i == 0 ? 0 : cctv_choose(all, 5, i);
        int after = i == 0 ? 0 : cctv_choose(fewer, 5, i);

        ck_assert_int_ne(after, 3);
        ck_assert(before == 3 || before == after);
        moved += before != after;
    }
    is_within(moved, 2 * CAMERAS / 5.0, 0.1);
}
END_TEST

START_TEST(the_order_does_not_depend_on_the_order_of_lines)
{
    cctv_choice_t servers[2];
    cctv_choice_t turned[2];
    int i;

    make(servers, 2);
    turned[0] = servers[1];
    turned[1] = servers[0];
    for (i = 1; i < 100; i++) {
        ck_assert_int_eq(cctv_choose(servers, 2, i),
                         1 - cctv_choose(turned, 2, i));
    }
}
END_TEST

/* ---- Bounds ---- */

/* Start a view of each camera in turn, as often as said; a server that got the
 * camera is connected. */
static int start_views(cctv_choice_t *servers, int count, int cameras,
                       int rounds)
{
    static bool connected[CAMERAS][MAX];
    int pulls = 0;
    int i;
    int k;

    for (i = 0; i < cameras * count; i++) {
        connected[i / count][i % count] = false;
    }
    for (i = 0; i < cameras * rounds; i++) {
        bool *mine = connected[i % cameras];
        int chosen;

        for (k = 0; k < count; k++) {
            servers[k].is_connected = mine[k];
        }
        chosen = cctv_choose(servers, count, i % cameras + 1);
        ck_assert_int_ge(chosen, 0);
        pulls += !mine[chosen];
        mine[chosen] = true;
        servers[chosen].load++;
    }
    return pulls;
}

START_TEST(a_few_cameras_with_few_views_are_even_and_pulled_once)
{
    cctv_choice_t servers[3];
    int i;

    make(servers, 3);
    ck_assert_int_eq(start_views(servers, 3, 60, 5), 60);
    for (i = 0; i < 3; i++) {
        is_within((int)servers[i].load, 100, 0.1);
    }
}
END_TEST

START_TEST(a_camera_with_a_few_views_is_pulled_once)
{
    cctv_choice_t servers[4];

    make(servers, 4);
    ck_assert_int_eq(start_views(servers, 4, 1, CCTV_CHOICE_SLACK), 1);
}
END_TEST

START_TEST(a_hot_camera_is_spread)
{
    cctv_choice_t servers[4];
    int i;

    make(servers, 4);
    ck_assert_int_eq(start_views(servers, 4, 1, 1000), 4);
    for (i = 0; i < 4; i++) {
        ck_assert_uint_le(servers[i].load, 1000 / 4 * 125 / 100 + 1);
    }
}
END_TEST

START_TEST(a_server_that_returns_fills_up)
{
    cctv_choice_t servers[3];
    int i;

    make(servers, 3);
    servers[1].is_open = false;
    start_views(servers, 3, 100, 5);
    ck_assert_uint_eq(servers[1].load, 0);
    servers[1].is_open = true;
    start_views(servers, 3, 100, 5);
    for (i = 0; i < 3; i++) {
        is_within((int)servers[i].load, 1000 / 3.0, 0.25);
    }
}
END_TEST

START_TEST(loads_follow_the_weights)
{
    cctv_choice_t servers[2];

    make(servers, 2);
    servers[0].weight = 3;
    start_views(servers, 2, 400, 2);
    is_within((int)servers[0].load, 600, 0.1);
}
END_TEST

START_TEST(no_server_gets_more_than_its_limit)
{
    cctv_choice_t servers[2];
    int i;

    make(servers, 2);
    servers[0].max = 10;
    servers[1].max = 1;
    for (i = 0; i < 11; i++) {
        servers[cctv_choose(servers, 2, 1)].load++;
    }
    ck_assert_uint_eq(servers[0].load, 10);
    ck_assert_uint_eq(servers[1].load, 1);
    ck_assert_int_lt(cctv_choose(servers, 2, 1), 0);
}
END_TEST

START_TEST(a_connected_server_is_chosen_above_its_share)
{
    cctv_choice_t servers[3];

    make(servers, 3);
    servers[0].is_connected = servers[1].is_connected = true;
    servers[0].load = 1000;
    servers[1].load = 1001;
    ck_assert_int_eq(cctv_choose_connected(servers, 3), 0);
    servers[0].max = 1000;
    ck_assert_int_eq(cctv_choose_connected(servers, 3), 1);
    servers[1].is_open = false;
    ck_assert_int_lt(cctv_choose_connected(servers, 3), 0);
}
END_TEST

START_TEST(without_an_open_server_none_is_chosen)
{
    cctv_choice_t servers[2];

    make(servers, 2);
    servers[0].is_open = servers[1].is_open = false;
    servers[0].is_connected = true;
    ck_assert_int_lt(cctv_choose(servers, 2, 1), 0);
}
END_TEST

TCase *choice_tests(void)
{
    TCase *tc = tcase_create("choice");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, cameras_are_spread_evenly);
    tcase_add_test(tc, cameras_are_spread_by_weight);
    tcase_add_test(tc, only_the_cameras_of_a_server_that_leaves_move);
    tcase_add_test(tc, the_order_does_not_depend_on_the_order_of_lines);
    tcase_add_test(tc, a_few_cameras_with_few_views_are_even_and_pulled_once);
    tcase_add_test(tc, a_camera_with_a_few_views_is_pulled_once);
    tcase_add_test(tc, a_hot_camera_is_spread);
    tcase_add_test(tc, a_server_that_returns_fills_up);
    tcase_add_test(tc, loads_follow_the_weights);
    tcase_add_test(tc, no_server_gets_more_than_its_limit);
    tcase_add_test(tc, a_connected_server_is_chosen_above_its_share);
    tcase_add_test(tc, without_an_open_server_none_is_chosen);
    return tc;
}
