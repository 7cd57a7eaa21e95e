/* SPDX-License-Identifier: Apache-2.0 */
/* Of sessions: where their video is, and since when it plays. */
#include "t_common.h"
#include "t_shared.h"

#include <pthread.h>
#include <stdatomic.h>

static cctv_sessions_t *sessions;
static cctv_shared_t shared;

#define GREATEST ((UINT64_C(1) << 53) - 1)

static void make(uint32_t max)
{
    shared = make_shared(max, 1);
    sessions = &shared.sessions;
}

static cctv_session_t start(cctv_way_t way, uint64_t janus)
{
    cctv_session_t session = {
        .camera = 7, .timeout = 1000, .way = way, .janus = janus, .handle = 3
    };

    ck_assert(cctv_sessions_start(sessions, &session, START));
    return session;
}

/* As it is now. */
static cctv_session_t look(const cctv_session_t *session)
{
    cctv_session_t now;

    ck_assert(cctv_sessions_get(sessions, session->index, &now));
    return now;
}

START_TEST(a_session_without_video_of_ours_plays_from_its_start)
{
    cctv_session_t session;

    make(1);
    session = start(CCTV_WAY_NONE, 0);
    ck_assert_int_eq(session.answered, START);
    session = look(&session);
    ck_assert_int_eq(session.answered, START);
    ck_assert_int_eq(session.way, CCTV_WAY_NONE);
    ck_assert(cctv_session_is_watched(&session));
    ck_assert(!cctv_sessions_answer(sessions, &session, START + 1));
}
END_TEST

START_TEST(a_session_with_video_is_found_as_it_was_started)
{
    cctv_way_t way = (cctv_way_t)_i;
    cctv_session_t session;

    make(1);
    session = start(way, GREATEST);
    ck_assert(!cctv_session_is_watched(&session));
    session = look(&session);
    ck_assert(session.answered < 0);
    ck_assert(!session.is_gone);
    ck_assert(!cctv_session_is_watched(&session));
    ck_assert_int_eq(session.way, way);
    ck_assert_uint_eq(session.janus, GREATEST);
    ck_assert_uint_eq(session.handle, 3);
}
END_TEST

START_TEST(a_session_is_answered_once)
{
    cctv_session_t session;
    cctv_session_t again;

    make(1);
    session = again = start(CCTV_WAY_SERVER, 5);
    ck_assert(cctv_sessions_answer(sessions, &session, START + 3));
    ck_assert_int_eq(session.answered, START + 3);
    ck_assert(cctv_session_is_watched(&session));
    ck_assert(!cctv_sessions_answer(sessions, &session, START + 4));
    ck_assert(!cctv_sessions_answer(sessions, &again, START + 4));
    again = look(&again);
    ck_assert_int_eq(again.answered, START + 3);
    ck_assert_uint_eq(again.janus, 5);
    ck_assert(!cctv_sessions_answer(sessions, &again, START + 4));
}
END_TEST

START_TEST(time_is_watched_from_the_answer_to_the_last_heartbeat)
{
    cctv_session_t session;
    int64_t interval;

    make(1);
    session = start(CCTV_WAY_SERVER, 5);
    ck_assert_int_eq(cctv_session_watched(&session), 0);
    ck_assert(cctv_sessions_answer(sessions, &session, START + 3));
    ck_assert_int_eq(cctv_session_watched(&session), 0);
    ck_assert(cctv_sessions_beat(sessions, &session, START + 10, &interval));
    ck_assert_int_eq(cctv_session_watched(&session), 7);
}
END_TEST

START_TEST(a_janus_session_is_attached_once)
{
    cctv_session_t session;
    cctv_session_t again;

    make(1);
    session = again = start(CCTV_WAY_PROXY, 0);
    ck_assert_uint_eq(look(&session).janus, 0);
    ck_assert(!look(&session).is_gone);
    ck_assert(cctv_sessions_attach(sessions, &session, GREATEST));
    ck_assert_uint_eq(session.janus, GREATEST);
    ck_assert_uint_eq(look(&session).janus, GREATEST);
    ck_assert(!cctv_sessions_attach(sessions, &session, 6));
    ck_assert(!cctv_sessions_attach(sessions, &again, 6));
    again = look(&session);
    ck_assert(!cctv_sessions_attach(sessions, &again, 6));
    ck_assert_uint_eq(look(&session).janus, GREATEST);
}
END_TEST

START_TEST(one_that_was_started_with_a_janus_session_gets_no_other)
{
    cctv_session_t session;

    make(1);
    session = start(CCTV_WAY_SERVER, 5);
    ck_assert(!cctv_sessions_attach(sessions, &session, 6));
    ck_assert_uint_eq(look(&session).janus, 5);
}
END_TEST

START_TEST(what_janus_has_lost_is_gone_and_stays_so)
{
    cctv_session_t session;
    cctv_session_t after;

    make(1);
    session = start(CCTV_WAY_SERVER, 5);
    ck_assert(cctv_sessions_answer(sessions, &session, START + 3));
    cctv_sessions_lose(sessions, &session);
    ck_assert(session.is_gone);
    ck_assert(!cctv_session_is_watched(&session));
    after = look(&session);
    ck_assert(after.is_gone);
    ck_assert_uint_eq(after.janus, 0);
    ck_assert_int_eq(after.answered, START + 3);
    ck_assert(!cctv_session_is_watched(&after));
    ck_assert(!cctv_sessions_attach(sessions, &after, 5));
    ck_assert(!cctv_sessions_attach(sessions, &session, 6));
    cctv_sessions_lose(sessions, &after);
    ck_assert(after.is_gone);
    ck_assert(look(&session).is_gone);
}
END_TEST

START_TEST(what_was_attached_can_be_lost_by_who_knows_it_only)
{
    cctv_session_t session;
    cctv_session_t before;

    make(1);
    session = before = start(CCTV_WAY_PROXY, 0);
    ck_assert(cctv_sessions_attach(sessions, &session, 5));
    cctv_sessions_lose(sessions, &before);
    ck_assert(!look(&session).is_gone);
    cctv_sessions_lose(sessions, &session);
    ck_assert(look(&session).is_gone);
}
END_TEST

/* Neither with all in the same slot at one and the same time. */
START_TEST(an_old_copy_changes_nothing_in_a_later_session_of_its_slot)
{
    cctv_way_t way = _i % 2 ? CCTV_WAY_PROXY : CCTV_WAY_SERVER;
    cctv_session_t before[50];
    cctv_session_t now;
    int i;

    make(1);
    for (i = 0; i < 50; i++) {
        uint64_t janus = _i % 2 ? 0 : 100 + (uint64_t)i;
        int k;

        now = before[i] = start(way, janus);
        for (k = 0; k < i; k++) {
            cctv_session_t old = before[k];

            ck_assert(!cctv_sessions_answer(sessions, &old, START + 1));
            ck_assert(!cctv_sessions_attach(sessions, &old, 6));
            cctv_sessions_lose(sessions, &old);
        }
        now = look(&now);
        ck_assert(now.answered < 0);
        ck_assert_uint_eq(now.janus, janus);
        ck_assert(!now.is_gone);
        ck_assert(cctv_sessions_end(sessions, &now, START));
    }
}
END_TEST

static void check_media(const cctv_session_t *one, const cctv_session_t *two)
{
    ck_assert_int_eq(one->way, two->way);
    ck_assert_uint_eq(one->janus, two->janus);
    ck_assert_uint_eq(one->handle, two->handle);
    ck_assert_int_eq(one->is_gone, two->is_gone);
    ck_assert_int_eq(one->answered < 0, two->answered < 0);
    if (one->answered >= 0) {
        ck_assert_int_eq(one->answered, two->answered);
    }
}

START_TEST(a_session_goes_on_with_its_media)
{
    static const cctv_session_t cases[] = {
        { .way = CCTV_WAY_NONE, .answered = START },
        { .way = CCTV_WAY_NONE, .answered = 0 },
        { .way = CCTV_WAY_SERVER, .janus = 5, .handle = 6, .answered = -1 },
        { .way = CCTV_WAY_SERVER,
          .janus = GREATEST,
          .handle = GREATEST,
          .answered = START + 3 },
        { .way = CCTV_WAY_WHEP, .handle = 6, .is_gone = true, .answered = 9 },
        { .way = CCTV_WAY_PROXY, .answered = INT64_MIN },
        { .way = CCTV_WAY_PROXY, .janus = 1, .answered = 1 },
    };
    cctv_session_t session = cases[_i];
    cctv_session_t after;

    session.secret[0] = 0x8000000000000001;
    session.secret[1] = UINT64_MAX;
    session.last = START + 5;
    make(1);
    ck_assert(cctv_sessions_resume(sessions, &session));
    after = look(&session);
    check_media(&after, &cases[_i]);
    /* And may do what it has not done yet. */
    ck_assert_int_eq(cctv_sessions_answer(sessions, &after, START + 7),
                     cases[_i].answered < 0);
    ck_assert_int_eq(cctv_sessions_attach(sessions, &after, 8),
                     cases[_i].janus == 0 && !cases[_i].is_gone);
}
END_TEST

enum {
    THREADS = 4,
    ROUNDS = 3000
};

/* All come to the same session at once, and wait for one another then. */
typedef struct {
    pthread_t thread;
    pthread_barrier_t *barrier;
    const cctv_session_t *session;
    cctv_time_t when;
    int answers;
    int attachments;
} racer_t;

static void *race(void *racer_)
{
    racer_t *racer = racer_;
    int i;

    for (i = 0; i < ROUNDS; i++) {
        cctv_session_t session;
        bool is_first;
        bool is_attached;

        pthread_barrier_wait(racer->barrier);
        session = *racer->session;
        is_first = cctv_sessions_answer(sessions, &session, racer->when);
        session = *racer->session;
        is_attached = cctv_sessions_attach(sessions, &session,
                                           (uint64_t)racer->when);
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
    cctv_session_t session;
    int answers = 0;
    int attachments = 0;
    int i;

    make(1);
    pthread_barrier_init(&barrier, NULL, THREADS + 1);
    for (i = 0; i < THREADS; i++) {
        racers[i] = (racer_t){ .barrier = &barrier,
                               .session = &session,
                               .when = START + 1 + i };
        ck_assert_int_eq(
            pthread_create(&racers[i].thread, NULL, race, &racers[i]), 0);
    }
    for (i = 0; i < ROUNDS; i++) {
        session = start(CCTV_WAY_PROXY, 0);
        pthread_barrier_wait(&barrier);
        pthread_barrier_wait(&barrier);
        session = look(&session);
        ck_assert(session.answered > START);
        ck_assert(session.answered <= START + THREADS);
        ck_assert_uint_gt(session.janus, START);
        ck_assert_uint_le(session.janus, START + THREADS);
        ck_assert(cctv_sessions_end(sessions, &session, START));
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

TCase *media_tests(void)
{
    TCase *tc = tcase_create("media");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_session_without_video_of_ours_plays_from_its_start);
    tcase_add_loop_test(tc, a_session_with_video_is_found_as_it_was_started,
                        CCTV_WAY_SERVER, CCTV_WAY_PROXY + 1);
    tcase_add_test(tc, a_session_is_answered_once);
    tcase_add_test(tc, time_is_watched_from_the_answer_to_the_last_heartbeat);
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
