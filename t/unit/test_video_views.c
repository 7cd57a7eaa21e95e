/* SPDX-License-Identifier: Apache-2.0 */
/* Views with video: what is counted and what is left to the keeper. */
#include "t_common.h"
#include "t_shared.h"

#include <pthread.h>

static cctv_views_t shared;

static cctv_viewer_t viewer_by(cctv_transport_t transport, uint64_t janus)
{
    cctv_viewer_t viewer = viewer_of(42);

    viewer.transport = transport;
    viewer.janus = janus;
    return viewer;
}

static cctv_view_t start(cctv_transport_t transport, uint64_t janus)
{
    cctv_viewer_t viewer = viewer_by(transport, janus);
    cctv_view_t view;

    ck_assert_int_eq(start_view(&shared, &viewer, at(START), &view),
                     CCTV_VIEW_STARTED);
    return view;
}

static cctv_view_t start_answered(cctv_time_t answered)
{
    cctv_view_t view = start(CCTV_TRANSPORT_SERVER, 5);

    ck_assert(cctv_view_answer(&shared, &view, at(answered)));
    ck_assert(cctv_view_flow(&shared, &view, CCTV_FLOW_ON, at(answered)));
    return view;
}

static uint64_t refused(cctv_refused_t reason)
{
    return cctv_counted(&shared.head->counters.refused[reason]);
}

/* Everything put so far, taken as the keeper does. */
static uint64_t take_discarded(void)
{
    uint64_t id = 0;
    unsigned i;

    for (i = 0; i < shared.discarded.size && id == 0; i++) {
        id = cctv_discard_look(&shared.discarded, i);
        if (id != 0) {
            ck_assert(cctv_discard_done(&shared.discarded, i, id));
        }
    }
    return id;
}

static uint32_t watched_now(cctv_time_t now)
{
    uint32_t cells[64];
    uint32_t watched;

    live_views(&shared, now, cells, &watched);
    return watched;
}

/* Nothing tells how the media are, so heartbeats are the proof. */
START_TEST(time_counts_from_the_first_media_on)
{
    cctv_view_t view;

    shared = make_shared(2, 10);
    view = start_answered(START + 7);
    ck_assert_uint_eq(watched_of(&shared, 42), 0);
    ck_assert(cctv_view_beat(&shared, &view, at(START + 10)));
    ck_assert_uint_eq(watched_of(&shared, 42), 3);
    ck_assert(cctv_view_beat(&shared, &view, at(START + 14)));
    ck_assert_uint_eq(watched_of(&shared, 42), 7);
    ck_assert(cctv_view_end(&shared, &view, CCTV_ENDED_ENDED, at(START + 15)));
    ck_assert_uint_eq(watched_of(&shared, 42), 8);
}
END_TEST

START_TEST(an_end_right_behind_the_answer_counts_from_it)
{
    cctv_view_t view;

    shared = make_shared(2, 10);
    view = start_answered(START + 7);
    ck_assert(cctv_view_end(&shared, &view, CCTV_ENDED_ENDED, at(START + 9)));
    ck_assert_uint_eq(watched_of(&shared, 42), 2);
}
END_TEST

/* A caller may use a time that it read before the answer came. */
START_TEST(a_heartbeat_or_an_end_of_before_the_answer_takes_nothing_back)
{
    cctv_view_t view;

    shared = make_shared(2, 10);
    view = start_answered(START + 7);
    ck_assert(cctv_view_beat(&shared, &view, at(START + 4)));
    ck_assert_uint_eq(watched_of(&shared, 42), 0);
    if (_i) {
        ck_assert(cctv_view_beat(&shared, &view, at(START + 9)));
        ck_assert_uint_eq(watched_of(&shared, 42), 2);
        return;
    }
    ck_assert(cctv_view_end(&shared, &view, CCTV_ENDED_ENDED, at(START + 5)));
    ck_assert_uint_eq(watched_of(&shared, 42), 0);
}
END_TEST

START_TEST(an_offer_that_nobody_answered_is_over_at_its_timeout)
{
    char id[CCTV_VIEW_ID_LENGTH + 1];
    cctv_view_t view;

    shared = make_shared(2, 10);
    view = start(_i ? CCTV_TRANSPORT_WHEP : CCTV_TRANSPORT_SERVER, 5);
    cctv_view_id(&view, id);
    ck_assert(cctv_view_beat(&shared, &view, at(START + TIMEOUT)));
    ck_assert_int_eq(view.last, START);
    ck_assert(cctv_view_find(&shared, id, 0, at(START + TIMEOUT), &view));
    ck_assert(view.answered < 0);
    ck_assert(!cctv_view_find(&shared, id, 0, at(START + TIMEOUT + 1), &view));
    /* A WHEP view counts as started when it is answered. */
    ck_assert_uint_eq(ended_of(&shared), !_i);
    ck_assert_uint_eq(
        cctv_counted(&shared.head->counters.ended[CCTV_ENDED_OFFERED]), !_i);
    ck_assert_uint_eq(starts_of(&shared, 42), !_i);
    ck_assert_uint_eq(sum_of(&shared, CCTV_SERIES_WATCHED), 0);
    ck_assert_uint_eq(take_discarded(), 5);
}
END_TEST

START_TEST(a_whep_view_starts_when_it_is_answered)
{
    cctv_view_t view;

    shared = make_shared(2, 10);
    view = start(CCTV_TRANSPORT_WHEP, 5);
    ck_assert_uint_eq(starts_of(&shared, 42), 0);
    ck_assert_uint_eq(live_views(&shared, START, NULL, NULL), 0);
    ck_assert(cctv_view_answer(&shared, &view, at(START)));
    ck_assert(!cctv_view_answer(&shared, &view, at(START)));
    ck_assert_uint_eq(starts_of(&shared, 42), 1);
    ck_assert_uint_eq(live_views(&shared, START, NULL, NULL), 1);
    ck_assert(cctv_view_end(&shared, &view, CCTV_ENDED_ENDED, at(START)));
    ck_assert_uint_eq(ended_of(&shared), 1);
}
END_TEST

/* @param reason  for which it ends; @return the reason that was counted */
static cctv_ended_t counted_reason(const cctv_view_t *view,
                                   cctv_ended_t reason)
{
    int i;

    ck_assert(cctv_view_end(&shared, view, reason, at(START + 9)));
    ck_assert_uint_eq(ended_of(&shared), 1);
    for (i = 0; cctv_counted(&shared.head->counters.ended[i]) == 0; i++) {
    }
    return (cctv_ended_t)i;
}

START_TEST(the_end_of_a_view_is_counted_by_how_far_it_came)
{
    static const struct {
        bool is_answered;
        cctv_flow_t flow;
        cctv_ended_t reason;
        cctv_ended_t counted;
    } cases[] = {
        { false, CCTV_FLOW_NONE, CCTV_ENDED_ENDED, CCTV_ENDED_OFFERED },
        { false, CCTV_FLOW_NONE, CCTV_ENDED_GONE, CCTV_ENDED_OFFERED },
        { false, CCTV_FLOW_NONE, CCTV_ENDED_DENIED, CCTV_ENDED_DENIED },
        { false, CCTV_FLOW_NONE, CCTV_ENDED_UNANSWERED,
          CCTV_ENDED_UNANSWERED },
        { true, CCTV_FLOW_NONE, CCTV_ENDED_ENDED, CCTV_ENDED_ENDED },
        { true, CCTV_FLOW_NONE, CCTV_ENDED_GONE, CCTV_ENDED_GONE },
        { true, CCTV_FLOW_FAILED, CCTV_ENDED_GONE, CCTV_ENDED_NO_MEDIA },
        { true, CCTV_FLOW_FAILED, CCTV_ENDED_EXPIRED, CCTV_ENDED_NO_MEDIA },
        { true, CCTV_FLOW_FAILED, CCTV_ENDED_DENIED, CCTV_ENDED_DENIED },
        { true, CCTV_FLOW_QUIET, CCTV_ENDED_GONE, CCTV_ENDED_GONE },
        { true, CCTV_FLOW_ON, CCTV_ENDED_EXPIRED, CCTV_ENDED_EXPIRED },
    };
    size_t i;

    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cctv_view_t view;

        shared = make_shared(2, 10);
        view = start(CCTV_TRANSPORT_SERVER, 5);
        if (cases[i].is_answered) {
            ck_assert(cctv_view_answer(&shared, &view, at(START)));
        }
        if (cases[i].flow != CCTV_FLOW_NONE) {
            ck_assert(
                cctv_view_flow(&shared, &view, cases[i].flow, at(START)));
        }
        ck_assert_int_eq(counted_reason(&view, cases[i].reason),
                         cases[i].counted);
    }
}
END_TEST

START_TEST(heartbeats_are_no_proof_while_janus_tells)
{
    cctv_view_t view;

    shared = make_shared(2, 10);
    view = start_answered(START);
    cctv_view_table_look(&shared.table, &view, START, 0);
    ck_assert(cctv_view_beat(&shared, &view, at(START + 20 * SECOND)));
    ck_assert_uint_eq(watched_of(&shared, 42), 0);
    ck_assert(cctv_view_beat(&shared, &view, at(START + 20 * SECOND + 1)));
    ck_assert_uint_eq(watched_of(&shared, 42), 20 * SECOND + 1);
}
END_TEST

START_TEST(an_offer_that_ends_was_not_watched)
{
    cctv_view_t view;

    shared = make_shared(2, 10);
    view = start(CCTV_TRANSPORT_SERVER, 5);
    ck_assert(
        cctv_view_end(&shared, &view, CCTV_ENDED_UNANSWERED, at(START + 9)));
    ck_assert_uint_eq(sum_of(&shared, CCTV_SERIES_WATCHED), 0);
    ck_assert_uint_eq(starts_of(&shared, 42), 1);
}
END_TEST

START_TEST(only_what_plays_is_shown_as_watched)
{
    cctv_view_t view;

    shared = make_shared(5, 10);
    start(CCTV_TRANSPORT_NONE, 0);
    ck_assert_uint_eq(watched_now(START), 1);
    view = start(CCTV_TRANSPORT_SERVER, 5);
    ck_assert_uint_eq(watched_now(START), 1);
    ck_assert_uint_eq(live_views(&shared, START, NULL, NULL), 2);
    ck_assert(cctv_view_answer(&shared, &view, at(START)));
    ck_assert_uint_eq(watched_now(START), 1);
    ck_assert(!cctv_view_answer(&shared, &view, at(START)));
    ck_assert(cctv_view_flow(&shared, &view, CCTV_FLOW_ON, at(START)));
    ck_assert_uint_eq(watched_now(START), 2);
    cctv_view_table_lose(&shared.table, &view);
    ck_assert_uint_eq(watched_now(START), 1);
    ck_assert_uint_eq(live_views(&shared, START, NULL, NULL), 2);
}
END_TEST

START_TEST(who_talks_to_janus_himself_answers_by_his_first_heartbeat)
{
    cctv_view_t view;

    shared = make_shared(2, 10);
    view = start(CCTV_TRANSPORT_PROXY, 0);
    ck_assert_uint_eq(watched_now(START), 0);
    ck_assert(cctv_view_beat(&shared, &view, at(START + 6)));
    ck_assert_int_eq(view.answered, START + 6);
    ck_assert_int_eq(view.last, START + 6);
    ck_assert_uint_eq(watched_now(START), 0);
    ck_assert(cctv_view_beat(&shared, &view, at(START + 8)));
    ck_assert_int_eq(view.answered, START + 6);
    ck_assert_uint_eq(watched_of(&shared, 42), 0);
}
END_TEST

/* This holds for each reason of its end. */
START_TEST(a_view_that_is_gone_was_watched_until_its_last_heartbeat)
{
    static const cctv_ended_t reasons[] = { CCTV_ENDED_GONE, CCTV_ENDED_ENDED,
                                            CCTV_ENDED_DENIED };
    cctv_view_t view;

    shared = make_shared(2, 10);
    view = start_answered(START);
    ck_assert(cctv_view_beat(&shared, &view, at(START + 4)));
    cctv_view_table_lose(&shared.table, &view);
    ck_assert(cctv_view_end(&shared, &view, reasons[_i], at(START + 9)));
    ck_assert_uint_eq(watched_of(&shared, 42), 4);
    ck_assert_uint_eq(cctv_counted(&shared.head->counters.ended[reasons[_i]]),
                      1);
}
END_TEST

/* ---- Limits ---- */

static cctv_view_status_t try_to(int32_t camera, cctv_transport_t transport,
                                 uint32_t max_viewers, uint32_t max_per_camera,
                                 cctv_view_t *view)
{
    cctv_viewer_t viewer = viewer_of(camera);

    viewer.transport = transport;
    viewer.max_viewers = max_viewers;
    viewer.max_per_camera = max_per_camera;
    return start_view(&shared, &viewer, at(START), view);
}

START_TEST(there_are_no_more_viewers_than_there_may_be)
{
    cctv_view_t view;
    cctv_view_t one_more;
    int i;

    shared = make_shared(10, 10);
    /* Views without video from the module have no limit and take no place. */
    start(CCTV_TRANSPORT_NONE, 0);
    for (i = 1; i <= 3; i++) {
        ck_assert_int_eq(try_to(i, CCTV_TRANSPORT_SERVER, 3, 0, &view),
                         CCTV_VIEW_STARTED);
    }
    ck_assert_int_eq(try_to(4, CCTV_TRANSPORT_SERVER, 3, 0, &one_more),
                     CCTV_VIEW_BUSY);
    ck_assert_int_eq(try_to(4, CCTV_TRANSPORT_PROXY, 3, 0, &one_more),
                     CCTV_VIEW_BUSY);
    ck_assert_uint_eq(refused(CCTV_REFUSED_VIEWERS), 2);
    ck_assert_uint_eq(starts_of(&shared, 4), 0);
    ck_assert_uint_eq(ended_of(&shared), 0);
    ck_assert_uint_eq(live_views(&shared, START, NULL, NULL), 4);
    ck_assert_int_eq(try_to(4, CCTV_TRANSPORT_NONE, 3, 0, &one_more),
                     CCTV_VIEW_STARTED);
    ck_assert_int_eq(try_to(4, CCTV_TRANSPORT_STILL, 3, 1, &one_more),
                     CCTV_VIEW_STARTED);
    ck_assert(cctv_view_end(&shared, &view, CCTV_ENDED_ENDED, at(START)));
    ck_assert_int_eq(try_to(4, CCTV_TRANSPORT_SERVER, 3, 0, &one_more),
                     CCTV_VIEW_STARTED);
}
END_TEST

START_TEST(a_camera_has_no_more_viewers_than_it_may)
{
    cctv_view_t view;
    cctv_view_t one_more;

    shared = make_shared(10, 10);
    start(CCTV_TRANSPORT_NONE, 0);
    ck_assert_int_eq(try_to(42, CCTV_TRANSPORT_SERVER, 0, 2, &view),
                     CCTV_VIEW_STARTED);
    ck_assert_int_eq(try_to(42, CCTV_TRANSPORT_WHEP, 0, 2, &one_more),
                     CCTV_VIEW_STARTED);
    ck_assert_int_eq(try_to(42, CCTV_TRANSPORT_SERVER, 0, 2, &one_more),
                     CCTV_VIEW_CAMERA_BUSY);
    ck_assert_uint_eq(refused(CCTV_REFUSED_CAMERA_VIEWERS), 1);
    ck_assert_uint_eq(refused(CCTV_REFUSED_VIEWERS), 0);
    /* The WHEP view is not answered yet. */
    ck_assert_uint_eq(starts_of(&shared, 42), 2);
    ck_assert_int_eq(try_to(43, CCTV_TRANSPORT_SERVER, 0, 2, &one_more),
                     CCTV_VIEW_STARTED);
    ck_assert(cctv_view_end(&shared, &view, CCTV_ENDED_ENDED, at(START)));
    ck_assert_int_eq(try_to(42, CCTV_TRANSPORT_SERVER, 0, 2, &one_more),
                     CCTV_VIEW_STARTED);
}
END_TEST

enum {
    THREADS = 8,
    TRIES = 200
};

typedef struct {
    pthread_t thread;
    int started;
} starter_t;

static void *start_often(void *starter_)
{
    starter_t *starter = starter_;
    cctv_view_t view;
    int i;

    for (i = 0; i < TRIES; i++) {
        starter->started += try_to(42, CCTV_TRANSPORT_SERVER, 3, 2, &view)
                            == CCTV_VIEW_STARTED;
    }
    return NULL;
}

START_TEST(nobody_slips_through_the_limits_by_coming_at_once)
{
    starter_t starters[THREADS] = { { .started = 0 } };
    int started = 0;
    int i;

    shared = make_shared(64, 10);
    for (i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_create(&starters[i].thread, NULL, start_often,
                                        &starters[i]),
                         0);
    }
    for (i = 0; i < THREADS; i++) {
        pthread_join(starters[i].thread, NULL);
        started += starters[i].started;
    }
    ck_assert_int_eq(started, 2);
    ck_assert_uint_eq(cctv_places_count(&shared.places, CCTV_VIDEO_KEY), 2);
    ck_assert_uint_eq(cctv_places_count(&shared.places, CCTV_CAMERA_KEY(42)),
                      2);
    ck_assert_uint_eq(starts_of(&shared, 42), (uint64_t)started);
}
END_TEST

/* ---- Janus sessions that the keeper destroys ---- */

START_TEST(the_janus_session_of_a_view_that_ended_is_left_to_the_keeper)
{
    static const cctv_ended_t reasons[] = { CCTV_ENDED_ENDED,
                                            CCTV_ENDED_DENIED,
                                            CCTV_ENDED_UNANSWERED };
    cctv_view_t view;

    shared = make_shared(2, 10);
    view = start(CCTV_TRANSPORT_SERVER, 5);
    ck_assert_uint_eq(take_discarded(), 0);
    ck_assert(cctv_view_end(&shared, &view, reasons[_i], at(START)));
    ck_assert(!cctv_view_end(&shared, &view, reasons[_i], at(START)));
    ck_assert_uint_eq(take_discarded(), 5);
    ck_assert_uint_eq(take_discarded(), 0);
}
END_TEST

START_TEST(the_janus_session_of_a_view_that_expired_is_left_to_the_keeper)
{
    shared = make_shared(2, 10);
    start(CCTV_TRANSPORT_SERVER, 5);
    cctv_views_sweep(&shared, at(START + TIMEOUT));
    ck_assert_uint_eq(take_discarded(), 0);
    cctv_views_sweep(&shared, at(START + TIMEOUT + 1));
    ck_assert_uint_eq(take_discarded(), 5);
}
END_TEST

START_TEST(what_was_attached_is_left_to_the_keeper)
{
    cctv_view_t view;

    shared = make_shared(2, 10);
    view = start(CCTV_TRANSPORT_PROXY, 0);
    ck_assert(cctv_view_attach(&shared, &view, 6, 7));
    ck_assert(cctv_view_end(&shared, &view, CCTV_ENDED_ENDED, at(START)));
    ck_assert_uint_eq(take_discarded(), 6);
}
END_TEST

START_TEST(what_is_not_there_is_not_left_to_the_keeper)
{
    cctv_view_t view;
    cctv_view_t gone;

    shared = make_shared(3, 10);
    view = start(CCTV_TRANSPORT_PROXY, 0);
    ck_assert(cctv_view_end(&shared, &view, CCTV_ENDED_ENDED, at(START)));
    view = start(CCTV_TRANSPORT_SERVER, 5);
    cctv_view_table_lose(&shared.table, &view);
    ck_assert(cctv_view_table_get(&shared.table, view.index, &gone));
    ck_assert(cctv_view_end(&shared, &gone, CCTV_ENDED_GONE, at(START)));
    ck_assert_uint_eq(take_discarded(), 0);
    ck_assert_uint_eq(*shared.discarded.next, 0);
}
END_TEST

TCase *video_views_tests(void)
{
    TCase *tc = tcase_create("video_views");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, time_counts_from_the_first_media_on);
    tcase_add_test(tc, an_end_right_behind_the_answer_counts_from_it);
    tcase_add_loop_test(
        tc, a_heartbeat_or_an_end_of_before_the_answer_takes_nothing_back, 0,
        2);
    tcase_add_loop_test(
        tc, an_offer_that_nobody_answered_is_over_at_its_timeout, 0, 2);
    tcase_add_test(tc, an_offer_that_ends_was_not_watched);
    tcase_add_test(tc, a_whep_view_starts_when_it_is_answered);
    tcase_add_test(tc, the_end_of_a_view_is_counted_by_how_far_it_came);
    tcase_add_test(tc, heartbeats_are_no_proof_while_janus_tells);
    tcase_add_test(tc, only_what_plays_is_shown_as_watched);
    tcase_add_test(tc,
                   who_talks_to_janus_himself_answers_by_his_first_heartbeat);
    tcase_add_loop_test(
        tc, a_view_that_is_gone_was_watched_until_its_last_heartbeat, 0, 3);
    tcase_add_test(tc, there_are_no_more_viewers_than_there_may_be);
    tcase_add_test(tc, a_camera_has_no_more_viewers_than_it_may);
    tcase_add_test(tc, nobody_slips_through_the_limits_by_coming_at_once);
    tcase_add_loop_test(
        tc, the_janus_session_of_a_view_that_ended_is_left_to_the_keeper, 0,
        3);
    tcase_add_test(
        tc, the_janus_session_of_a_view_that_expired_is_left_to_the_keeper);
    tcase_add_test(tc, what_was_attached_is_left_to_the_keeper);
    tcase_add_test(tc, what_is_not_there_is_not_left_to_the_keeper);
    return tc;
}
