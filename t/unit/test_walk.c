/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"
#include "t_shared.h"

/* All views but those in the first slots have expired. */
START_TEST(any_slot_that_a_sweep_frees_is_found)
{
    cctv_views_t shared = make_shared(64, 10);
    cctv_viewer_t viewer = viewer_of(1);
    cctv_view_t view;
    uint32_t i;

    for (i = 0; i < 64; i++) {
        must_start(&shared, 1);
    }
    for (i = 0; i < 8; i++) {
        ck_assert(cctv_view_table_get(&shared.table, i, &view));
        ck_assert(cctv_view_beat(&shared, &view, at(START + TIMEOUT)));
    }
    ck_assert_int_eq(
        start_view(&shared, &viewer, at(START + TIMEOUT + 1), &view),
        CCTV_VIEW_STARTED);
    ck_assert_uint_ge(view.index, 8);
}
END_TEST

START_TEST(what_dead_processes_left_is_free_behind_a_sweep)
{
    cctv_views_t shared = make_shared_for_all(4, 10);
    pid_t standing;
    int i;

    for (i = 0; i < 3; i++) {
        fork_claimer(&shared, START, false);
    }
    standing = fork_claimer(&shared, START, true);
    ck_assert_uint_eq(take_all_slots(&shared, START), 0);
    ck_assert_uint_eq(cctv_views_live(&shared, START, NULL, NULL), 0);
    cctv_views_sweep(&shared, at(START));
    ck_assert_uint_eq(take_all_slots(&shared, START), 3);
    kill_process(standing);
    cctv_views_sweep(&shared, at(START));
    ck_assert_uint_eq(take_all_slots(&shared, START), 1);
}
END_TEST

START_TEST(views_that_go_on_tell_their_series)
{
    cctv_views_t shared = make_shared(5, 10);
    cctv_view_t one = must_start(&shared, 1);
    cctv_view_t two = must_start(&shared, 2);
    uint32_t cells[5];
    int of_one;

    must_start(&shared, 1);
    ck_assert_uint_ne(one.series, two.series);
    ck_assert_uint_eq(cctv_views_live(&shared, START, cells, NULL), 3);
    of_one = (cells[0] == one.series) + (cells[1] == one.series)
             + (cells[2] == one.series);
    ck_assert_int_eq(of_one, 2);
    ck_assert_uint_eq(cells[0] + cells[1] + cells[2],
                      2 * one.series + two.series);
}
END_TEST

START_TEST(a_table_is_full_while_each_of_its_views_goes_on)
{
    cctv_views_t shared = make_shared(2, 10);
    cctv_view_t first = must_start(&shared, 1);

    ck_assert(!cctv_views_are_full(&shared, START));
    must_start(&shared, 1);
    ck_assert(cctv_views_are_full(&shared, START + TIMEOUT));
    ck_assert(!cctv_views_are_full(&shared, START + TIMEOUT + 1));
    ck_assert(cctv_view_end(&shared, &first, CCTV_ENDED_ENDED, at(START)));
    ck_assert(!cctv_views_are_full(&shared, START));
}
END_TEST

TCase *walk_tests(void)
{
    TCase *tc = tcase_create("walk");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, any_slot_that_a_sweep_frees_is_found);
    tcase_add_test(tc, what_dead_processes_left_is_free_behind_a_sweep);
    tcase_add_test(tc, views_that_go_on_tell_their_series);
    tcase_add_test(tc, a_table_is_full_while_each_of_its_views_goes_on);
    return tc;
}
