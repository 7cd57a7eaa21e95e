/* SPDX-License-Identifier: Apache-2.0 */
/* The media of a view: its Janus session, and whether media flow. */
#include "t_common.h"
#include "t_shared.h"

#include <pthread.h>
#include <stdatomic.h>

static cctv_view_table_t *table;
static cctv_views_t shared;

#define GREATEST ((UINT64_C(1) << 53) - 1)

static void make(uint32_t max)
{
    shared = make_shared(max, 1);
    table = &shared.table;
}

static cctv_view_t start(cctv_transport_t transport, uint64_t janus)
{
    cctv_view_t view = { .camera = 7,
                         .timeout = 1000,
                         .transport = transport,
                         .janus = janus,
                         .handle = 3 };

    ck_assert(table_start(table, &view, START));
    return view;
}

/* The current state of a view. */
static cctv_view_t look(const cctv_view_t *view)
{
    cctv_view_t now;

    ck_assert(cctv_view_table_get(table, view->index, &now));
    return now;
}

static bool flow(cctv_view_t *view, cctv_flow_t to, cctv_time_t now,
                 int64_t *interval)
{
    return cctv_view_table_flow(table, view, to, now, interval);
}

START_TEST(a_session_without_video_of_ours_plays_from_its_start)
{
    cctv_transport_t transport = _i ? CCTV_TRANSPORT_STILL
                                    : CCTV_TRANSPORT_NONE;
    cctv_view_t view;

    make(1);
    view = start(transport, 0);
    ck_assert_int_eq(view.answered, START);
    view = look(&view);
    ck_assert_int_eq(view.answered, START);
    ck_assert_int_eq(view.transport, transport);
    ck_assert(cctv_view_is_watched(&view));
    ck_assert(!cctv_view_table_answer(table, &view, START + 1));
}
END_TEST

START_TEST(a_session_with_video_is_found_as_it_was_started)
{
    cctv_transport_t transport = (cctv_transport_t)_i;
    cctv_view_t view;

    make(1);
    view = start(transport, GREATEST);
    ck_assert(!cctv_view_is_watched(&view));
    view = look(&view);
    ck_assert(view.answered < 0);
    ck_assert(!view.is_gone);
    ck_assert(!cctv_view_is_watched(&view));
    ck_assert_int_eq(view.transport, transport);
    ck_assert_uint_eq(view.janus, GREATEST);
    ck_assert_uint_eq(view.handle, 3);
}
END_TEST

START_TEST(a_session_is_answered_once)
{
    cctv_view_t view;
    cctv_view_t again;

    make(1);
    view = again = start(CCTV_TRANSPORT_SERVER, 5);
    ck_assert(cctv_view_table_answer(table, &view, START + 3));
    ck_assert_int_eq(view.answered, START + 3);
    ck_assert(!cctv_view_is_watched(&view));
    ck_assert(!cctv_view_table_answer(table, &view, START + 4));
    ck_assert(!cctv_view_table_answer(table, &again, START + 4));
    again = look(&again);
    ck_assert_int_eq(again.answered, START + 3);
    ck_assert_uint_eq(again.janus, 5);
    ck_assert(!cctv_view_table_answer(table, &again, START + 4));
}
END_TEST

START_TEST(time_is_watched_while_media_flow)
{
    cctv_view_t view;
    int64_t interval;

    make(1);
    view = start(CCTV_TRANSPORT_SERVER, 5);
    ck_assert(flow(&view, CCTV_FLOW_ON, START + 3, &interval));
    ck_assert_int_eq(interval, 0);
    ck_assert(cctv_view_is_watched(&view));
    ck_assert(flow(&view, CCTV_FLOW_ON, START + 10, &interval));
    ck_assert_int_eq(interval, 7);
    ck_assert(flow(&view, CCTV_FLOW_QUIET, START + 20, &interval));
    ck_assert_int_eq(interval, 0);
    ck_assert(!cctv_view_is_watched(&view));
    ck_assert(flow(&view, CCTV_FLOW_ON, START + 30, &interval));
    ck_assert_int_eq(interval, 0);
    ck_assert(flow(&view, CCTV_FLOW_ON, START + 32, &interval));
    ck_assert_int_eq(interval, 2);
    ck_assert_int_eq(look(&view).watched, 9);
    ck_assert_int_eq(look(&view).proven, START + 32);
}
END_TEST

START_TEST(a_proof_that_came_late_takes_nothing_back)
{
    cctv_view_t view;
    int64_t interval;

    make(1);
    view = start(CCTV_TRANSPORT_SERVER, 5);
    ck_assert(flow(&view, CCTV_FLOW_ON, START + 9, &interval));
    ck_assert(flow(&view, CCTV_FLOW_ON, START + 4, &interval));
    ck_assert_int_eq(interval, 0);
    ck_assert_int_eq(view.proven, START + 9);
}
END_TEST

START_TEST(each_proof_counts_once)
{
    cctv_view_t view;
    cctv_view_t again;
    int64_t interval;

    make(1);
    view = start(CCTV_TRANSPORT_SERVER, 5);
    ck_assert(flow(&view, CCTV_FLOW_ON, START + 1, &interval));
    again = view;
    ck_assert(flow(&view, CCTV_FLOW_ON, START + 4, &interval));
    ck_assert(!flow(&again, CCTV_FLOW_ON, START + 4, &interval));
    ck_assert_int_eq(look(&view).watched, 3);
}
END_TEST

START_TEST(what_is_known_of_the_reports_is_kept)
{
    cctv_view_t view;

    make(1);
    view = start(CCTV_TRANSPORT_SERVER, 5);
    ck_assert_int_eq(look(&view).looked, 0);
    cctv_view_table_look(table, &view, START + 4, UINT64_MAX);
    ck_assert_int_eq(look(&view).looked, START + 4);
    ck_assert_uint_eq(look(&view).feedback, UINT64_MAX);
    ck_assert(table_end(table, &view, START + 5));
    view = start(CCTV_TRANSPORT_SERVER, 5);
    ck_assert_int_eq(look(&view).looked, 0);
    ck_assert_uint_eq(look(&view).feedback, 0);
}
END_TEST

START_TEST(a_janus_session_is_attached_once)
{
    cctv_view_t view;
    cctv_view_t again;

    make(1);
    view = again = start(CCTV_TRANSPORT_PROXY, 0);
    ck_assert_uint_eq(look(&view).janus, 0);
    ck_assert(!look(&view).is_gone);
    ck_assert(cctv_view_table_attach(table, &view, GREATEST, 9));
    ck_assert_uint_eq(view.janus, GREATEST);
    ck_assert_uint_eq(look(&view).janus, GREATEST);
    ck_assert_uint_eq(look(&view).handle, 9);
    ck_assert(!cctv_view_table_attach(table, &view, 6, 9));
    ck_assert(!cctv_view_table_attach(table, &again, 6, 9));
    again = look(&view);
    ck_assert(!cctv_view_table_attach(table, &again, 6, 9));
    ck_assert_uint_eq(look(&view).janus, GREATEST);
}
END_TEST

START_TEST(one_that_was_started_with_a_janus_session_gets_no_other)
{
    cctv_view_t view;

    make(1);
    view = start(CCTV_TRANSPORT_SERVER, 5);
    ck_assert(!cctv_view_table_attach(table, &view, 6, 9));
    ck_assert_uint_eq(look(&view).janus, 5);
}
END_TEST

START_TEST(what_janus_has_lost_is_gone_and_stays_so)
{
    cctv_view_t view;
    cctv_view_t after;
    int64_t interval;

    make(1);
    view = start(CCTV_TRANSPORT_SERVER, 5);
    ck_assert(cctv_view_table_answer(table, &view, START + 3));
    ck_assert(flow(&view, CCTV_FLOW_ON, START + 3, &interval));
    cctv_view_table_lose(table, &view);
    ck_assert(view.is_gone);
    ck_assert(!cctv_view_is_watched(&view));
    after = look(&view);
    ck_assert(after.is_gone);
    ck_assert_uint_eq(after.janus, 0);
    ck_assert_int_eq(after.answered, START + 3);
    ck_assert(!cctv_view_is_watched(&after));
    ck_assert(!cctv_view_table_attach(table, &after, 5, 9));
    ck_assert(!cctv_view_table_attach(table, &view, 6, 9));
    cctv_view_table_lose(table, &after);
    ck_assert(after.is_gone);
    ck_assert(look(&view).is_gone);
}
END_TEST

START_TEST(what_was_attached_can_be_lost_by_who_knows_it_only)
{
    cctv_view_t view;
    cctv_view_t before;

    make(1);
    view = before = start(CCTV_TRANSPORT_PROXY, 0);
    ck_assert(cctv_view_table_attach(table, &view, 5, 9));
    cctv_view_table_lose(table, &before);
    ck_assert(!look(&view).is_gone);
    cctv_view_table_lose(table, &view);
    ck_assert(look(&view).is_gone);
}
END_TEST

/* An old copy must not match even if all views start in the same slot at the
 * same time. */
START_TEST(an_old_copy_changes_nothing_in_a_later_session_of_its_slot)
{
    cctv_transport_t transport = _i % 2 ? CCTV_TRANSPORT_PROXY
                                        : CCTV_TRANSPORT_SERVER;
    cctv_view_t before[50];
    cctv_view_t now;
    int i;

    make(1);
    for (i = 0; i < 50; i++) {
        uint64_t janus = _i % 2 ? 0 : 100 + (uint64_t)i;
        int k;

        now = before[i] = start(transport, janus);
        for (k = 0; k < i; k++) {
            cctv_view_t old = before[k];
            int64_t interval;

            ck_assert(!flow(&old, CCTV_FLOW_ON, START + 1000, &interval));
            ck_assert(!cctv_view_table_answer(table, &old, START + 1));
            ck_assert(!cctv_view_table_attach(table, &old, 6, 9));
            cctv_view_table_lose(table, &old);
        }
        now = look(&now);
        ck_assert(now.answered < 0);
        ck_assert_uint_eq(now.janus, janus);
        ck_assert(!now.is_gone);
        ck_assert(table_end(table, &now, START));
    }
}
END_TEST

static void check_media(const cctv_view_t *one, const cctv_view_t *two)
{
    ck_assert_int_eq(one->transport, two->transport);
    ck_assert_uint_eq(one->janus, two->janus);
    ck_assert_uint_eq(one->handle, two->handle);
    ck_assert_int_eq(one->is_gone, two->is_gone);
    ck_assert_int_eq(one->flow, two->flow);
    ck_assert_int_eq(one->proven, two->proven);
    ck_assert_int_eq(one->watched, two->watched);
    ck_assert_int_eq(one->browser, two->browser);
    ck_assert_int_eq(one->os, two->os);
    ck_assert_int_eq(one->answered < 0, two->answered < 0);
    if (one->answered >= 0) {
        ck_assert_int_eq(one->answered, two->answered);
    }
}

START_TEST(a_session_goes_on_with_its_media)
{
    static const cctv_view_t cases[] = {
        { .transport = CCTV_TRANSPORT_NONE, .answered = START },
        { .transport = CCTV_TRANSPORT_NONE, .answered = 0 },
        { .transport = CCTV_TRANSPORT_SERVER,
          .janus = 5,
          .handle = 6,
          .answered = -1 },
        { .transport = CCTV_TRANSPORT_SERVER,
          .janus = GREATEST,
          .handle = GREATEST,
          .flow = CCTV_FLOW_QUIET,
          .proven = START + 4,
          .watched = 1,
          .browser = 3,
          .os = 2,
          .answered = START + 3 },
        { .transport = CCTV_TRANSPORT_WHEP,
          .handle = 6,
          .is_gone = true,
          .answered = 9 },
        { .transport = CCTV_TRANSPORT_PROXY, .answered = INT64_MIN },
        { .transport = CCTV_TRANSPORT_PROXY, .janus = 1, .answered = 1 },
    };
    cctv_view_t view = cases[_i];
    cctv_view_t after;

    view.secret[0] = 0x8000000000000001;
    view.secret[1] = UINT64_MAX;
    view.last = START + 5;
    make(1);
    ck_assert(table_resume(table, &view));
    after = look(&view);
    check_media(&after, &cases[_i]);
    /* The view can still take the steps that it has not taken yet. */
    ck_assert_int_eq(cctv_view_table_answer(table, &after, START + 7),
                     cases[_i].answered < 0);
    ck_assert_int_eq(cctv_view_table_attach(table, &after, 8, 9),
                     cases[_i].janus == 0 && !cases[_i].is_gone);
}
END_TEST

enum {
    THREADS = 4,
    ROUNDS = 3000
};

/* All threads wait for each other, then race for the same view. */
typedef struct {
    pthread_t thread;
    pthread_barrier_t *barrier;
    const cctv_view_t *view;
    cctv_time_t when;
    int answers;
    int attachments;
} racer_t;

static void *race(void *racer_)
{
    racer_t *racer = racer_;
    int i;

    for (i = 0; i < ROUNDS; i++) {
        cctv_view_t view;
        bool is_first;
        bool is_attached;

        pthread_barrier_wait(racer->barrier);
        view = *racer->view;
        is_first = cctv_view_table_answer(table, &view, racer->when);
        view = *racer->view;
        is_attached = cctv_view_table_attach(table, &view,
                                             (uint64_t)racer->when, 9);
        racer->answers += is_first;
        racer->attachments += is_attached;
        pthread_barrier_wait(racer->barrier);
    }
    return NULL;
}

START_TEST(of_many_who_answer_at_once_exactly_one_does)
{
    pthread_barrier_t barrier;
    racer_t racers[THREADS];
    cctv_view_t view;
    int answers = 0;
    int attachments = 0;
    int i;

    make(1);
    pthread_barrier_init(&barrier, NULL, THREADS + 1);
    for (i = 0; i < THREADS; i++) {
        racers[i] = (racer_t){ .barrier = &barrier,
                               .view = &view,
                               .when = START + 1 + i };
        ck_assert_int_eq(
            pthread_create(&racers[i].thread, NULL, race, &racers[i]), 0);
    }
    for (i = 0; i < ROUNDS; i++) {
        view = start(CCTV_TRANSPORT_PROXY, 0);
        pthread_barrier_wait(&barrier);
        pthread_barrier_wait(&barrier);
        view = look(&view);
        ck_assert(view.answered > START);
        ck_assert(view.answered <= START + THREADS);
        ck_assert_uint_gt(view.janus, START);
        ck_assert_uint_le(view.janus, START + THREADS);
        ck_assert(table_end(table, &view, START));
    }
    for (i = 0; i < THREADS; i++) {
        pthread_join(racers[i].thread, NULL);
        answers += racers[i].answers;
        attachments += racers[i].attachments;
    }
    ck_assert_int_eq(answers, ROUNDS);
    ck_assert_int_eq(attachments, ROUNDS);
    pthread_barrier_destroy(&barrier);
}
END_TEST

TCase *view_media_tests(void)
{
    TCase *tc = tcase_create("view_media");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(
        tc, a_session_without_video_of_ours_plays_from_its_start, 0, 2);
    tcase_add_loop_test(tc, a_session_with_video_is_found_as_it_was_started,
                        CCTV_TRANSPORT_SERVER, CCTV_TRANSPORT_PROXY + 1);
    tcase_add_test(tc, a_session_is_answered_once);
    tcase_add_test(tc, time_is_watched_while_media_flow);
    tcase_add_test(tc, a_proof_that_came_late_takes_nothing_back);
    tcase_add_test(tc, each_proof_counts_once);
    tcase_add_test(tc, what_is_known_of_the_reports_is_kept);
    tcase_add_test(tc, a_janus_session_is_attached_once);
    tcase_add_test(tc,
                   one_that_was_started_with_a_janus_session_gets_no_other);
    tcase_add_test(tc, what_janus_has_lost_is_gone_and_stays_so);
    tcase_add_test(tc, what_was_attached_can_be_lost_by_who_knows_it_only);
    tcase_add_loop_test(
        tc, an_old_copy_changes_nothing_in_a_later_session_of_its_slot, 0, 2);
    tcase_add_loop_test(tc, a_session_goes_on_with_its_media, 0, 7);
    tcase_add_test(tc, of_many_who_answer_at_once_exactly_one_does);
    return tc;
}
