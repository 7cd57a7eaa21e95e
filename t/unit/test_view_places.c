/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"
#include "t_shared.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static cctv_viewer_t video_viewer(void)
{
    cctv_viewer_t viewer = viewer_of(1);

    viewer.transport = CCTV_TRANSPORT_SERVER;
    viewer.client = 9;
    viewer.max_per_client = 2;
    viewer.max_viewers = 2;
    viewer.max_per_camera = 2;
    return viewer;
}

START_TEST(a_reservation_takes_its_places_before_the_view_is_there)
{
    cctv_views_t shared = make_shared(5, 10);
    cctv_viewer_t viewer = video_viewer();
    cctv_view_t one;
    cctv_view_t two;
    cctv_view_t three;

    ck_assert_int_eq(cctv_view_reserve(&shared, &viewer, at(START), &one),
                     CCTV_VIEW_STARTED);
    ck_assert_int_eq(cctv_view_reserve(&shared, &viewer, at(START), &two),
                     CCTV_VIEW_STARTED);
    ck_assert_int_eq(cctv_view_reserve(&shared, &viewer, at(START), &three),
                     CCTV_VIEW_CLIENT_FULL);
    ck_assert_uint_eq(live_views(&shared, START, NULL, NULL), 0);
    ck_assert_uint_eq(starts_of(&shared, 1), 0);
    cctv_view_cancel(&shared, &one, at(START));
    ck_assert(cctv_view_publish(&shared, &viewer, at(START + 5), &two));
    ck_assert_int_eq(two.started, START + 5);
    ck_assert_uint_eq(live_views(&shared, START, NULL, NULL), 1);
    ck_assert_uint_eq(starts_of(&shared, 1), 1);
    ck_assert_uint_eq(cctv_places_count(&shared.places, CCTV_VIDEO_KEY), 1);
    ck_assert_uint_eq(cctv_places_count(&shared.places, 9), 1);
    ck_assert_uint_eq(cctv_places_count(&shared.places, CCTV_CAMERA_KEY(1)),
                      1);
    ck_assert(cctv_view_end(&shared, &two, CCTV_ENDED_ENDED, at(START + 9)));
    ck_assert_uint_eq(cctv_places_count(&shared.places, CCTV_VIDEO_KEY), 0);
    ck_assert_uint_eq(ended_of(&shared), 1);
}
END_TEST

START_TEST(a_refused_view_leaves_no_series)
{
    cctv_views_t shared = make_shared(5, 10);
    cctv_viewer_t viewer = video_viewer();
    cctv_view_t view;

    viewer.max_per_client = 1;
    ck_assert_int_eq(start_view(&shared, &viewer, at(START), &view),
                     CCTV_VIEW_STARTED);
    ck_assert_uint_eq(shared.series.head->used, 2);
    viewer.camera = 2;
    ck_assert_int_eq(start_view(&shared, &viewer, at(START), &view),
                     CCTV_VIEW_CLIENT_FULL);
    ck_assert_uint_eq(shared.series.head->used, 2);
}
END_TEST

START_TEST(what_a_dead_process_reserved_is_given_back)
{
    cctv_views_t shared = make_shared_for_all(5, 10);
    cctv_viewer_t viewer = video_viewer();
    cctv_view_t view;
    pid_t pid = fork();
    int status;

    assert_forked(pid);
    if (pid == 0) {
        cctv_view_reserve(&shared, &viewer, at(START), &view);
        cctv_view_reserve(&shared, &viewer, at(START), &view);
        raise(SIGKILL);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_uint_eq(cctv_places_count(&shared.places, 9), 2);
    cctv_views_sweep(&shared, at(START));
    ck_assert_uint_eq(cctv_places_count(&shared.places, 9), 0);
    ck_assert_uint_eq(cctv_places_count(&shared.places, CCTV_CAMERA_KEY(1)),
                      0);
    ck_assert_uint_eq(cctv_places_count(&shared.places, CCTV_VIDEO_KEY), 0);
    ck_assert_uint_eq(take_all_slots(&shared, START), 5);
}
END_TEST

/* The process is killed in the middle of a change: before the count has
 * changed (_i 0) or after it (_i 1). */
START_TEST(a_count_that_a_dead_process_left_unsettled_is_settled)
{
    cctv_views_t shared = make_shared_for_all(5, 10);
    cctv_viewer_t viewer = video_viewer();
    cctv_view_t mine;
    cctv_view_t view;
    pid_t pid;
    int status;

    ck_assert_int_eq(start_view(&shared, &viewer, at(START), &mine),
                     CCTV_VIEW_STARTED);
    pid = fork();
    assert_forked(pid);
    if (pid == 0) {
        cctv_view_reserve(&shared, &viewer, at(START), &view);
        cctv_view_table_hold(&shared.table, view.index,
                             CCTV_HOLDS_VIDEO | CCTV_HOLDS_CLIENT * CCTV_MOVING
                                 | CCTV_HOLDS_CAMERA * CCTV_MOVING);
        if (_i == 1) {
            cctv_places_give(&shared.places, 9, 1);
        }
        raise(SIGKILL);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    cctv_views_sweep(&shared, at(START));
    ck_assert_uint_eq(cctv_places_count(&shared.places, 9), 1);
    ck_assert_uint_eq(cctv_places_count(&shared.places, CCTV_CAMERA_KEY(1)),
                      1);
    ck_assert_uint_eq(cctv_places_count(&shared.places, CCTV_VIDEO_KEY), 1);
    ck_assert_uint_eq(take_all_slots(&shared, START), 4);
}
END_TEST

START_TEST(places_are_given_back_even_if_their_keeper_was_killed)
{
    cctv_views_t shared = make_shared_for_all(5, 10);
    pid_t pid = fork();

    assert_forked(pid);
    if (pid == 0) {
        pause();
    }
    /* The keeper is alive, so the sweep must leave the work to it. */
    atomic_store(&shared.places.head->keeper, (uint64_t)pid);
    fork_claimer(&shared, START, false);
    cctv_views_sweep(&shared, at(START));
    ck_assert_uint_eq(take_all_slots(&shared, START), 4);
    kill_process(pid);
    cctv_views_sweep(&shared, at(START));
    ck_assert_uint_eq(take_all_slots(&shared, START), 1);
}
END_TEST

TCase *view_places_tests(void)
{
    TCase *tc = tcase_create("view_places");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc,
                   a_reservation_takes_its_places_before_the_view_is_there);
    tcase_add_test(tc, a_refused_view_leaves_no_series);
    tcase_add_test(tc, what_a_dead_process_reserved_is_given_back);
    tcase_add_loop_test(
        tc, a_count_that_a_dead_process_left_unsettled_is_settled, 0, 2);
    tcase_add_test(tc, places_are_given_back_even_if_their_keeper_was_killed);
    return tc;
}
