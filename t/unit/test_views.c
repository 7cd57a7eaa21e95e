/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"
#include "t_shared.h"

#include <pthread.h>

static uint64_t ended(const cctv_views_t *shared, cctv_ended_t reason)
{
    return cctv_counted(&shared->head->counters.ended[reason]);
}

static uint64_t refused(const cctv_views_t *shared, cctv_refused_t reason)
{
    return cctv_counted(&shared->head->counters.refused[reason]);
}

static bool is_found(cctv_views_t *shared, const cctv_view_t *view,
                     uint64_t user, cctv_time_t now)
{
    char id[CCTV_VIEW_ID_LENGTH + 1];
    cctv_view_t found;

    cctv_view_id(view, id);
    return cctv_view_find(shared, id, user, at(now), &found);
}

START_TEST(a_view_is_counted_from_its_start_to_its_end)
{
    cctv_views_t shared = make_shared(2, 10);
    cctv_view_t view = must_start(&shared, 42);

    ck_assert_uint_eq(starts_of(&shared, 42), 1);
    ck_assert_uint_eq(live_views(&shared, START, NULL, NULL), 1);
    ck_assert(cctv_view_beat(&shared, &view, at(START + 10)));
    ck_assert_uint_eq(watched_of(&shared, 42), 10);
    ck_assert(cctv_view_end(&shared, &view, CCTV_ENDED_ENDED, at(START + 14)));
    ck_assert_uint_eq(watched_of(&shared, 42), 14);
    ck_assert_uint_eq(ended(&shared, CCTV_ENDED_ENDED), 1);
    ck_assert_uint_eq(live_views(&shared, START + 14, NULL, NULL), 0);
}
END_TEST

START_TEST(a_view_that_ends_twice_counts_once)
{
    cctv_views_t shared = make_shared(2, 10);
    cctv_view_t view = must_start(&shared, 42);

    ck_assert(cctv_view_end(&shared, &view, CCTV_ENDED_ENDED, at(START + 5)));
    ck_assert(!cctv_view_end(&shared, &view, CCTV_ENDED_ENDED, at(START + 9)));
    ck_assert(!cctv_view_beat(&shared, &view, at(START + 9)));
    ck_assert_uint_eq(ended_of(&shared), 1);
    ck_assert_uint_eq(watched_of(&shared, 42), 5);
}
END_TEST

START_TEST(a_view_goes_on_until_its_timeout_and_no_longer)
{
    cctv_views_t shared = make_shared(2, 10);
    cctv_view_t view = must_start(&shared, 42);

    ck_assert(is_found(&shared, &view, 0, START + TIMEOUT));
    ck_assert_uint_eq(live_views(&shared, START + TIMEOUT, NULL, NULL), 1);
    ck_assert(cctv_view_beat(&shared, &view, at(START + TIMEOUT)));
    ck_assert(is_found(&shared, &view, 0, START + 2 * TIMEOUT));
    ck_assert_uint_eq(live_views(&shared, START + 2 * TIMEOUT + 1, NULL, NULL),
                      0);
    ck_assert(!is_found(&shared, &view, 0, START + 2 * TIMEOUT + 1));
    ck_assert_uint_eq(ended(&shared, CCTV_ENDED_EXPIRED), 1);
}
END_TEST

START_TEST(a_view_that_expired_counts_nothing_behind_its_last_heartbeat)
{
    cctv_views_t shared = make_shared(3, 10);
    cctv_view_t view = must_start(&shared, 42);

    ck_assert(cctv_view_beat(&shared, &view, at(START + 7)));
    cctv_views_sweep(&shared, at(START + 7 + TIMEOUT));
    ck_assert_uint_eq(ended_of(&shared), 0);
    cctv_views_sweep(&shared, at(START + 8 + TIMEOUT));
    cctv_views_sweep(&shared, at(START + 8 + TIMEOUT));
    ck_assert_uint_eq(ended(&shared, CCTV_ENDED_EXPIRED), 1);
    ck_assert_uint_eq(ended_of(&shared), 1);
    ck_assert_uint_eq(watched_of(&shared, 42), 7);
    ck_assert(!is_found(&shared, &view, 0, START + 8));
}
END_TEST

START_TEST(a_view_that_is_denied_was_watched_until_then)
{
    cctv_views_t shared = make_shared(3, 10);
    cctv_view_t view = must_start(&shared, 42);

    ck_assert(cctv_view_end(&shared, &view, CCTV_ENDED_DENIED, at(START + 9)));
    ck_assert_uint_eq(ended(&shared, CCTV_ENDED_DENIED), 1);
    ck_assert_uint_eq(watched_of(&shared, 42), 9);
}
END_TEST

START_TEST(an_end_before_the_last_heartbeat_takes_nothing_back)
{
    cctv_views_t shared = make_shared(3, 10);
    cctv_view_t view = must_start(&shared, 42);

    ck_assert(cctv_view_beat(&shared, &view, at(START + 9)));
    ck_assert(cctv_view_end(&shared, &view, CCTV_ENDED_ENDED, at(START + 2)));
    ck_assert_uint_eq(watched_of(&shared, 42), 9);
}
END_TEST

START_TEST(a_view_belongs_to_the_user_who_started_it)
{
    cctv_views_t shared = make_shared(3, 10);
    cctv_viewer_t viewer = viewer_of(42);
    cctv_view_t of_user;
    cctv_view_t of_nobody;

    of_nobody = must_start(&shared, 42);
    viewer.user = 5;
    ck_assert_int_eq(start_view(&shared, &viewer, at(START), &of_user),
                     CCTV_VIEW_STARTED);
    ck_assert(is_found(&shared, &of_user, 5, START));
    ck_assert(!is_found(&shared, &of_user, 6, START));
    ck_assert(!is_found(&shared, &of_user, 0, START));
    ck_assert(is_found(&shared, &of_nobody, 0, START));
    ck_assert(is_found(&shared, &of_nobody, 6, START));
}
END_TEST

START_TEST(a_client_has_no_more_views_than_it_may)
{
    cctv_views_t shared = make_shared(10, 10);
    cctv_viewer_t viewer = viewer_of(42);
    cctv_view_t view;
    cctv_view_t one_more;
    int i;

    viewer.client = 9;
    viewer.max_per_client = 3;
    for (i = 0; i < 3; i++) {
        ck_assert_int_eq(start_view(&shared, &viewer, at(START), &view),
                         CCTV_VIEW_STARTED);
    }
    ck_assert_int_eq(start_view(&shared, &viewer, at(START), &one_more),
                     CCTV_VIEW_CLIENT_FULL);
    ck_assert_uint_eq(refused(&shared, CCTV_REFUSED_CLIENT_FULL), 1);
    /* The refused view neither started nor ended; other clients may start. */
    ck_assert_uint_eq(starts_of(&shared, 42), 3);
    ck_assert_uint_eq(ended_of(&shared), 0);
    must_start(&shared, 42);
    cctv_view_end(&shared, &view, CCTV_ENDED_ENDED, at(START));
    ck_assert_int_eq(start_view(&shared, &viewer, at(START), &one_more),
                     CCTV_VIEW_STARTED);
    /* Expired views do not count against the client. */
    ck_assert_int_eq(
        start_view(&shared, &viewer, at(START + 2 * TIMEOUT), &one_more),
        CCTV_VIEW_STARTED);
}
END_TEST

START_TEST(a_full_table_refuses_counts_it_and_recovers)
{
    cctv_views_t shared = make_shared(3, 10);
    cctv_viewer_t viewer = viewer_of(1);
    cctv_view_t view;
    int i;

    for (i = 0; i < 3; i++) {
        must_start(&shared, 1);
    }
    ck_assert_int_eq(start_view(&shared, &viewer, at(START), &view),
                     CCTV_VIEW_FULL);
    ck_assert_uint_eq(refused(&shared, CCTV_REFUSED_FULL), 1);
    ck_assert_uint_eq(starts_of(&shared, 1), 3);
    /* No sweep has run since; the start itself must sweep. */
    ck_assert_int_eq(
        start_view(&shared, &viewer, at(START + TIMEOUT + 1), &view),
        CCTV_VIEW_STARTED);
    ck_assert_uint_eq(starts_of(&shared, 1), 4);
    ck_assert_uint_eq(ended(&shared, CCTV_ENDED_EXPIRED), 3);
    ck_assert_uint_eq(refused(&shared, CCTV_REFUSED_FULL), 1);
}
END_TEST

START_TEST(a_full_table_is_not_looked_through_at_every_start)
{
    cctv_views_t shared = make_shared(1, 10);
    cctv_viewer_t viewer = viewer_of(1);
    cctv_view_t view = must_start(&shared, 1);
    cctv_time_t over = START + TIMEOUT + 1;

    ck_assert_int_eq(start_view(&shared, &viewer, at(over - 5), &view),
                     CCTV_VIEW_FULL);
    ck_assert_int_eq(start_view(&shared, &viewer, at(over), &view),
                     CCTV_VIEW_FULL);
    ck_assert_int_eq(
        start_view(&shared, &viewer, at(over - 5 + SECOND), &view),
        CCTV_VIEW_STARTED);
}
END_TEST

/* Start a view with video; its Janus session is 77. */
static cctv_view_t start_video(cctv_views_t *shared, int32_t camera)
{
    cctv_viewer_t viewer = viewer_of(camera);
    cctv_view_t view;

    viewer.transport = CCTV_TRANSPORT_SERVER;
    viewer.janus = 77;
    ck_assert_int_eq(start_view(shared, &viewer, at(START), &view),
                     CCTV_VIEW_STARTED);
    return view;
}

START_TEST(video_is_watched_from_its_first_media_after_the_answer)
{
    cctv_views_t shared = make_shared(2, 10);
    cctv_view_t view = start_video(&shared, 42);
    cctv_view_t found;
    uint32_t watched;

    ck_assert(cctv_view_claim_answer(&shared, &view));
    ck_assert(!cctv_view_claim_answer(&shared, &view));
    ck_assert(cctv_view_table_get(&shared.table, view.index, &found));
    ck_assert(!cctv_view_is_watched(&found));
    /* The heartbeat neither prolongs nor changes the view. */
    ck_assert(cctv_view_beat(&shared, &found, at(START + 5)));
    ck_assert_uint_eq(found.word, view.word);
    live_views(&shared, START + 5, NULL, &watched);
    ck_assert_uint_eq(watched, 0);
    ck_assert(cctv_view_answer(&shared, &view, at(START + 7)));
    ck_assert(!cctv_view_claim_answer(&shared, &view));
    ck_assert(!cctv_view_answer(&shared, &view, at(START + 9)));
    ck_assert(cctv_view_flow(&shared, &view, CCTV_FLOW_ON, at(START + 8)));
    ck_assert(cctv_view_beat(&shared, &view, at(START + 10)));
    ck_assert_uint_eq(watched_of(&shared, 42), 2);
}
END_TEST

START_TEST(an_answer_that_is_refused_was_not_watched)
{
    cctv_views_t shared = make_shared(2, 10);
    cctv_view_t view = start_video(&shared, 42);

    ck_assert(cctv_view_claim_answer(&shared, &view));
    ck_assert(
        cctv_view_end(&shared, &view, CCTV_ENDED_UNANSWERED, at(START + 9)));
    ck_assert_uint_eq(watched_of(&shared, 42), 0);
    ck_assert_uint_eq(ended(&shared, CCTV_ENDED_UNANSWERED), 1);
}
END_TEST

START_TEST(an_answer_that_comes_too_late_is_not_of_the_next_view)
{
    cctv_views_t shared = make_shared(1, 10);
    cctv_view_t first = start_video(&shared, 42);
    cctv_view_t claimed = first;
    cctv_view_t next;

    ck_assert(cctv_view_claim_answer(&shared, &claimed));
    ck_assert(cctv_view_end(&shared, &first, CCTV_ENDED_ENDED, at(START + 1)));
    next = start_video(&shared, 43);
    ck_assert_uint_eq(next.index, first.index);
    ck_assert(!cctv_view_claim_answer(&shared, &first));
    ck_assert(!cctv_view_answer(&shared, &claimed, at(START + 2)));
    ck_assert(cctv_view_table_get(&shared.table, next.index, &next));
    ck_assert(next.answered < 0);
    ck_assert(cctv_view_claim_answer(&shared, &next));
    ck_assert(!cctv_view_answer(&shared, &claimed, at(START + 2)));
    ck_assert(cctv_view_answer(&shared, &next, at(START + 2)));
}
END_TEST

START_TEST(views_of_a_full_series_table_are_counted_as_other)
{
    cctv_views_t shared = make_shared(5, 0);
    cctv_view_t view = must_start(&shared, 1);

    ck_assert(cctv_view_beat(&shared, &view, at(START + 5)));
    ck_assert_uint_eq(sum_of(&shared, CCTV_SERIES_STARTS), 1);
    ck_assert_uint_eq(sum_of(&shared, CCTV_SERIES_WATCHED), 5);
    ck_assert_uint_eq(shared.series.head->folded, 2);
}
END_TEST

enum {
    THREADS = 8,
    BEATS = 5000
};

typedef struct {
    pthread_t thread;
    cctv_views_t *shared;
    char id[CCTV_VIEW_ID_LENGTH + 1];
    cctv_time_t last;
} beater_t;

/* All threads send heartbeats at about the same times. */
static void *beat_often(void *beater_)
{
    beater_t *beater = beater_;
    cctv_view_t view;
    int i;

    for (i = 1; i <= BEATS; i++) {
        beater->last = START + i * 3;
        do {
            if (!cctv_view_find(beater->shared, beater->id, 0,
                                at(beater->last), &view)) {
                return NULL;
            }
        } while (!cctv_view_beat(beater->shared, &view, at(beater->last)));
    }
    return NULL;
}

START_TEST(heartbeats_that_race_count_every_second_once)
{
    cctv_views_t shared = make_shared(3, 10);
    cctv_view_t view = must_start(&shared, 42);
    beater_t beaters[THREADS];
    int i;

    for (i = 0; i < THREADS; i++) {
        beaters[i].shared = &shared;
        cctv_view_id(&view, beaters[i].id);
        ck_assert_int_eq(
            pthread_create(&beaters[i].thread, NULL, beat_often, &beaters[i]),
            0);
    }
    for (i = 0; i < THREADS; i++) {
        pthread_join(beaters[i].thread, NULL);
        ck_assert_int_eq(beaters[i].last, START + BEATS * 3);
    }
    ck_assert_uint_eq(watched_of(&shared, 42), BEATS * 3);
}
END_TEST

typedef struct {
    pthread_t thread;
    cctv_views_t *shared;
    uint64_t client;
    int started;
} starter_t;

static void *start_often(void *starter_)
{
    starter_t *starter = starter_;
    cctv_viewer_t viewer = viewer_of(1);
    cctv_view_t view;
    int i;

    viewer.client = starter->client;
    viewer.max_per_client = 2;
    for (i = 0; i < 200; i++) {
        starter->started += start_view(starter->shared, &viewer, at(START),
                                       &view)
                            == CCTV_VIEW_STARTED;
    }
    return NULL;
}

START_TEST(no_client_slips_through_its_limit_by_coming_often_at_once)
{
    cctv_views_t shared = make_shared(64, 10);
    starter_t starters[THREADS] = { { .shared = NULL } };
    int started = 0;
    int i;

    for (i = 0; i < THREADS; i++) {
        starters[i].shared = &shared;
        starters[i].client = 9;
        ck_assert_int_eq(pthread_create(&starters[i].thread, NULL, start_often,
                                        &starters[i]),
                         0);
    }
    for (i = 0; i < THREADS; i++) {
        pthread_join(starters[i].thread, NULL);
        started += starters[i].started;
    }
    ck_assert_int_eq(started, 2);
    ck_assert_uint_eq(live_views(&shared, START, NULL, NULL),
                      (uint32_t)started);
    ck_assert_uint_eq(starts_of(&shared, 1), (uint64_t)started);
}
END_TEST

TCase *views_tests(void)
{
    TCase *tc = tcase_create("views");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_view_is_counted_from_its_start_to_its_end);
    tcase_add_test(tc, a_view_that_ends_twice_counts_once);
    tcase_add_test(tc, a_view_goes_on_until_its_timeout_and_no_longer);
    tcase_add_test(
        tc, a_view_that_expired_counts_nothing_behind_its_last_heartbeat);
    tcase_add_test(tc, a_view_that_is_denied_was_watched_until_then);
    tcase_add_test(tc, an_end_before_the_last_heartbeat_takes_nothing_back);
    tcase_add_test(tc, a_view_belongs_to_the_user_who_started_it);
    tcase_add_test(tc, a_client_has_no_more_views_than_it_may);
    tcase_add_test(tc, a_full_table_refuses_counts_it_and_recovers);
    tcase_add_test(tc, a_full_table_is_not_looked_through_at_every_start);
    tcase_add_test(tc, video_is_watched_from_its_first_media_after_the_answer);
    tcase_add_test(tc, an_answer_that_is_refused_was_not_watched);
    tcase_add_test(tc, an_answer_that_comes_too_late_is_not_of_the_next_view);
    tcase_add_test(tc, views_of_a_full_series_table_are_counted_as_other);
    tcase_add_test(tc, heartbeats_that_race_count_every_second_once);
    tcase_add_test(tc,
                   no_client_slips_through_its_limit_by_coming_often_at_once);
    return tc;
}
