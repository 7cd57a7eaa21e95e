/* SPDX-License-Identifier: Apache-2.0 */
/* The view of a Janus session. */
#include "t_common.h"
#include "t_shared.h"

static cctv_views_t shared;

static cctv_view_t start(uint64_t janus)
{
    cctv_viewer_t viewer = viewer_of(42);
    cctv_view_t view;

    viewer.transport = CCTV_TRANSPORT_SERVER;
    viewer.janus = janus;
    ck_assert_int_eq(start_view(&shared, &viewer, at(START), &view),
                     CCTV_VIEW_STARTED);
    return view;
}

static bool find(uint64_t janus, cctv_view_t *view)
{
    return cctv_view_index_find(&shared.index, &shared.table, janus, view);
}

START_TEST(each_view_is_found_by_its_janus_session)
{
    cctv_view_t views[100];
    cctv_view_t found;
    uint64_t i;

    shared = make_shared(100, 10);
    for (i = 0; i < 100; i++) {
        views[i] = start(i * UINT64_C(0x123456789a) + 1);
    }
    for (i = 0; i < 100; i++) {
        ck_assert(find(views[i].janus, &found));
        ck_assert_uint_eq(found.index, views[i].index);
        ck_assert(!find(views[i].janus + 1, &found));
    }
    ck_assert(!find(0, &found));
}
END_TEST

START_TEST(an_ended_or_lost_view_is_not_found)
{
    cctv_view_t ended;
    cctv_view_t lost;
    cctv_view_t found;

    shared = make_shared(2, 10);
    ended = start(5);
    lost = start(6);
    ck_assert(cctv_view_end(&shared, &ended, CCTV_ENDED_ENDED, at(START)));
    cctv_view_table_lose(&shared.table, &lost);
    ck_assert(!find(5, &found));
    ck_assert(!find(6, &found));
}
END_TEST

/* Entries of views that have ended make room. */
START_TEST(views_that_come_and_go_are_found_for_ever)
{
    cctv_view_t found;
    cctv_view_t view;
    uint64_t i;

    shared = make_shared(3, 10);
    start(1);
    for (i = 2; i < 3000; i++) {
        view = start(i);
        ck_assert(find(i, &found));
        ck_assert(find(1, &found));
        ck_assert(cctv_view_end(&shared, &view, CCTV_ENDED_ENDED, at(START)));
    }
}
END_TEST

START_TEST(a_session_that_comes_later_is_found)
{
    cctv_viewer_t viewer = viewer_of(42);
    cctv_view_t view;
    cctv_view_t found;

    shared = make_shared(2, 10);
    viewer.transport = CCTV_TRANSPORT_PROXY;
    start_view(&shared, &viewer, at(START), &view);
    ck_assert(!find(7, &found));
    ck_assert(cctv_view_attach(&shared, &view, 7, 8));
    ck_assert(!cctv_view_attach(&shared, &view, 9, 8));
    ck_assert(find(7, &found));
    ck_assert_uint_eq(found.handle, 8);
    ck_assert(!find(9, &found));
}
END_TEST

START_TEST(a_view_is_found_again_after_a_restart)
{
    cctv_view_t view;
    cctv_view_t found;

    shared = make_shared(2, 10);
    view = start(5);
    shared = make_shared(2, 10);
    ck_assert(!find(5, &found));
    ck_assert(cctv_view_resume(&shared, &view));
    ck_assert(find(5, &found));
}
END_TEST

TCase *view_index_tests(void)
{
    TCase *tc = tcase_create("view_index");

    tcase_add_test(tc, each_view_is_found_by_its_janus_session);
    tcase_add_test(tc, an_ended_or_lost_view_is_not_found);
    tcase_add_test(tc, views_that_come_and_go_are_found_for_ever);
    tcase_add_test(tc, a_session_that_comes_later_is_found);
    tcase_add_test(tc, a_view_is_found_again_after_a_restart);
    return tc;
}
