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
    ck_assert_uint_eq(live_views(&shared, START, NULL, NULL), 0);
    cctv_views_sweep(&shared, at(START));
    ck_assert_uint_eq(take_all_slots(&shared, START), 3);
    kill_process(standing);
    cctv_views_sweep(&shared, at(START));
    ck_assert_uint_eq(take_all_slots(&shared, START), 1);
}
END_TEST

/* ---- Visitors ---- */

/* What a visitor has seen: the sum of the cameras. */
typedef struct {
    cctv_views_t *shared;
    bool is_away;
    bool ends_views;
    int begun;
    int ended;
    int views;
    int32_t cameras;
} seen_t;

static bool begin(void *seen_, cctv_time_t now)
{
    seen_t *seen = seen_;

    (void)now;
    seen->begun++;
    return !seen->is_away;
}

static void visit(void *seen_, const cctv_view_t *view, cctv_time_t now)
{
    seen_t *seen = seen_;

    ck_assert(!cctv_view_is_over(view, now));
    ck_assert_int_eq(seen->ended, 0);
    seen->views++;
    seen->cameras += view->camera;
    if (seen->ends_views) {
        ck_assert(
            cctv_view_end(seen->shared, view, CCTV_ENDED_DENIED, at(now)));
    }
}

static void end(void *seen_, cctv_time_t now)
{
    seen_t *seen = seen_;

    (void)now;
    seen->ended++;
}

static void walk(cctv_views_t *shared, cctv_time_t now, seen_t *one,
                 seen_t *other)
{
    const cctv_view_visitor_t first = { begin, visit, end, one };
    const cctv_view_visitor_t second = { .visit = visit, .context = other };
    const cctv_view_visitor_t *const visitors[] = { &first, &second };

    cctv_views_walk(shared, at(now), visitors, 2);
}

/* A reserved view is not seen, nor is one that is overdue. */
START_TEST(each_visitor_sees_each_live_view_once)
{
    cctv_views_t shared = make_shared(1000, 10);
    cctv_viewer_t viewer = viewer_of(500);
    cctv_view_t view;
    seen_t one = { .begun = 0 };
    seen_t other = { .begun = 0 };
    int32_t i;

    for (i = 1; i <= 100; i++) {
        must_start(&shared, i);
    }
    ck_assert_int_eq(cctv_view_reserve(&shared, &viewer, at(START), &view),
                     CCTV_VIEW_STARTED);
    view = must_start(&shared, 1000);
    ck_assert(cctv_view_beat(&shared, &view, at(START + 1)));
    walk(&shared, START, &one, &other);
    ck_assert_int_eq(one.views, 101);
    ck_assert_int_eq(one.cameras, 5050 + 1000);
    ck_assert_int_eq(other.views, 101);
    ck_assert_int_eq(one.begun, 1);
    ck_assert_int_eq(one.ended, 1);
    one = other = (seen_t){ .begun = 0 };
    walk(&shared, START + TIMEOUT + 1, &one, &other);
    ck_assert_int_eq(one.cameras, 1000);
    ck_assert_int_eq(other.cameras, 1000);
    ck_assert_uint_eq(
        cctv_counted(&shared.head->counters.ended[CCTV_ENDED_EXPIRED]), 100);
}
END_TEST

START_TEST(a_visitor_may_leave_out_a_walk_or_end_views)
{
    cctv_views_t shared = make_shared(10, 10);
    seen_t away = { .is_away = true };
    seen_t other = { .shared = &shared, .ends_views = true };

    must_start(&shared, 1);
    must_start(&shared, 2);
    walk(&shared, START, &away, &other);
    ck_assert_int_eq(away.begun, 1);
    ck_assert_int_eq(away.views, 0);
    ck_assert_int_eq(away.ended, 0);
    ck_assert_int_eq(other.cameras, 3);
    ck_assert_uint_eq(live_views(&shared, START, NULL, NULL), 0);
    walk(&shared, START, &away, &other);
    ck_assert_int_eq(other.views, 2);
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
    tcase_add_test(tc, each_visitor_sees_each_live_view_once);
    tcase_add_test(tc, a_visitor_may_leave_out_a_walk_or_end_views);
    tcase_add_test(tc, a_table_is_full_while_each_of_its_views_goes_on);
    return tc;
}
