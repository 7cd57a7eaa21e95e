/* SPDX-License-Identifier: Apache-2.0 */
/* What Janus's events, and the silence between them, do to views. */
#include "t_common.h"
#include "t_shared.h"

#include "video/event_media.h"
#include "video/media.h"

#include <stdio.h>
#include <string.h>

#define JANUS  UINT64_C(7429754469564420)
#define HANDLE UINT64_C(2946342523557323)

/* The wall clock at START: µs since 1970. */
#define WALL INT64_C(1795335787000000)

static cctv_views_t shared;
static int taken;

static cctv_viewer_t viewer_by(cctv_transport_t transport)
{
    cctv_viewer_t viewer = viewer_of(42);

    viewer.transport = transport;
    if (transport != CCTV_TRANSPORT_PROXY) {
        viewer.janus = JANUS;
        viewer.handle = HANDLE;
    }
    return viewer;
}

/* A view that was answered at START. */
static cctv_view_t start(cctv_transport_t transport)
{
    cctv_viewer_t viewer = viewer_by(transport);
    cctv_view_t view;

    shared = make_shared(3, 10);
    ck_assert_int_eq(start_view(&shared, &viewer, at(START), &view),
                     CCTV_VIEW_STARTED);
    ck_assert(cctv_view_answer(&shared, &view, at(START)));
    if (transport == CCTV_TRANSPORT_PROXY) {
        ck_assert(cctv_view_attach(&shared, &view, JANUS, HANDLE));
    }
    return view;
}

static cctv_view_t look(const cctv_view_t *view)
{
    cctv_view_t now;

    ck_assert(cctv_view_table_get(&shared.table, view->index, &now));
    return now;
}

static bool has_ended(const cctv_view_t *view)
{
    cctv_view_t now;

    return !cctv_view_table_get(&shared.table, view->index, &now);
}

static uint64_t ended(cctv_ended_t reason)
{
    return cctv_counted(&shared.head->counters.ended[reason]);
}

static const cctv_event_rule_t rules[] = {
    { CCTV_EVENT_SESSION, cctv_event_session },
    { CCTV_EVENT_HANDLE, cctv_event_handle },
    { CCTV_EVENT_WEBRTC, cctv_event_webrtc },
    { CCTV_EVENT_MEDIA, cctv_event_media },
    { .type = 0 }
};

static bool take(const char *text, const cctv_event_rule_t *by,
                 cctv_time_t now)
{
    const cctv_event_clock_t clock = { .now = at(now),
                                       .wall = WALL + now - START };

    return cctv_events_take(text, strlen(text), by, &shared, &clock);
}

/* An event that happens now. */
static void tell(cctv_time_t now, int type, const char *data)
{
    char text[500];

    snprintf(text, sizeof text,
             "{\"type\":%d,\"timestamp\":%lld,\"session_id\":%llu,"
             "\"handle_id\":%llu,\"event\":%s}",
             type, (long long)(WALL + now - START), (unsigned long long)JANUS,
             (unsigned long long)HANDLE, data);
    ck_assert(take(text, rules, now));
}

static void tell_up(cctv_time_t now)
{
    tell(now, 16, "{\"connection\":\"webrtcup\"}");
}

static void tell_over(cctv_time_t now, const char *reason)
{
    char data[100];

    snprintf(data, sizeof data,
             "{\"connection\":\"hangup\",\"reason\":\"%s\"}", reason);
    tell(now, 16, data);
}

static void tell_stats(cctv_time_t now, int jitter)
{
    char data[200];

    snprintf(data, sizeof data,
             "[{\"media\":\"video\",\"base\":90000,\"jitter-remote\":%d,"
             "\"packets-sent\":9}]",
             jitter);
    tell(now, 32, data);
}

/* ---- Reading ---- */

static cctv_event_t last;

static void note(cctv_views_t *views, const cctv_event_t *event)
{
    (void)views;
    last = *event;
    last.event = NULL;
    taken++;
}

static const cctv_event_rule_t noting[] = {
    { 16, note }, { 2, note }, { 2, note }, { .type = 0 }
};

START_TEST(each_rule_of_a_type_is_called)
{
    taken = 0;
    shared = make_shared(1, 1);
    ck_assert(take("[{\"type\":16,\"session_id\":1},{\"type\":2},"
                   "{\"type\":64},{\"type\":0},{\"type\":\"16\"}]",
                   noting, START));
    ck_assert_int_eq(taken, 3);
    ck_assert(take("{\"type\":16}", noting, START));
    ck_assert_int_eq(taken, 4);
}
END_TEST

START_TEST(what_is_not_events_has_no_effect)
{
    static const char *const bodies[] = { "", "x", "[", "7", "\"a\"", "[[]" };
    static const char *const odd[] = { "{}",
                                       "[]",
                                       "[1,null,[],\"a\",{}]",
                                       "[{\"type\":1e400}]",
                                       "{\"type\":16.0}",
                                       "{\"type\":-16}",
                                       "{\"type\":4294967312}" };
    size_t i;

    taken = 0;
    shared = make_shared(1, 1);
    for (i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        ck_assert(!take(bodies[i], noting, START));
    }
    for (i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        take(odd[i], noting, START);
    }
    ck_assert_int_eq(taken, 0);
}
END_TEST

START_TEST(no_more_than_so_many_events_of_a_body_are_taken)
{
    size_t size = 20 * (CCTV_EVENTS_MAX + 5);
    char *text = apr_pcalloc(pool, size);
    int i;

    strcpy(text, "[{\"type\":16}");
    for (i = 0; i < CCTV_EVENTS_MAX + 3; i++) {
        strcat(text + (i > 0 ? (size_t)i * 12 : 0), ",{\"type\":16}");
    }
    strcat(text, "]");
    taken = 0;
    shared = make_shared(1, 1);
    ck_assert(take(text, noting, START));
    ck_assert_int_eq(taken, CCTV_EVENTS_MAX);
}
END_TEST

START_TEST(an_id_is_a_positive_number)
{
    static const struct {
        const char *id;
        uint64_t read;
    } cases[] = { { "1", 1 },
                  { "9007199254740991", 9007199254740991 },
                  /* A browser (proxy transport) may choose it. */
                  { "9007199254740992", 9007199254740992 },
                  { "-1", 0 },
                  { "\"1\"", 0 },
                  { "1.0", 0 },
                  { "null", 0 } };
    char text[100];

    snprintf(text, sizeof text,
             "{\"type\":16,\"session_id\":%s,\"handle_id\":%s}", cases[_i].id,
             cases[_i].id);
    shared = make_shared(1, 1);
    ck_assert(take(text, noting, START));
    ck_assert_uint_eq(last.session, cases[_i].read);
    ck_assert_uint_eq(last.handle, cases[_i].read);
}
END_TEST

START_TEST(an_event_that_was_late_happened_before)
{
    static const struct {
        int64_t stamp; /* before now */
        int64_t age;
    } cases[] = { { 0, 0 },
                  { 3 * SECOND, 3 * SECOND },
                  { 10 * SECOND, 10 * SECOND },
                  { 3600 * SECOND, 10 * SECOND },
                  { -5 * SECOND, 0 },
                  { WALL, 0 },
                  { WALL + 5, 0 } };
    char text[100];

    snprintf(text, sizeof text, "{\"type\":16,\"timestamp\":%lld}",
             (long long)(WALL - cases[_i].stamp));
    shared = make_shared(1, 1);
    ck_assert(take(text, noting, START));
    ck_assert_int_eq(last.at.time, START - cases[_i].age);
    ck_assert_uint_eq(last.at.day, DAY);
}
END_TEST

/* ---- What they do ---- */

START_TEST(a_view_counts_from_webrtcup_to_hangup)
{
    cctv_view_t view = start(CCTV_TRANSPORT_SERVER);

    ck_assert(!cctv_view_is_watched(&view));
    tell_up(START + 2 * SECOND);
    ck_assert_int_eq(look(&view).flow, CCTV_FLOW_ON);
    tell_up(START + 3 * SECOND);
    tell_over(START + 9 * SECOND, "DTLS alert");
    tell_over(START + 11 * SECOND, "DTLS alert");
    ck_assert_uint_eq(watched_of(&shared, 42), 7 * SECOND);
    view = look(&view);
    ck_assert(view.is_gone);
    ck_assert(!cctv_view_is_watched(&view));
    tell_up(START + 12 * SECOND);
    ck_assert(!cctv_view_is_watched(&view));
    ck_assert(cctv_view_end(&shared, &view, CCTV_ENDED_GONE,
                            at(START + 15 * SECOND)));
    ck_assert_uint_eq(ended(CCTV_ENDED_GONE), 1);
    ck_assert_uint_eq(watched_of(&shared, 42), 7 * SECOND);
}
END_TEST

START_TEST(a_whep_view_ends_at_once)
{
    static const char *const events[] = {
        "{\"type\":16,\"event\":{\"connection\":\"hangup\"}",
        "{\"type\":2,\"event\":{\"name\":\"detached\"}",
        "{\"type\":1,\"event\":{\"name\":\"destroyed\"}",
        "{\"type\":1,\"event\":{\"name\":\"timeout\"}",
    };
    cctv_view_t view = start(CCTV_TRANSPORT_WHEP);
    char text[200];

    tell_up(START + 2 * SECOND);
    snprintf(text, sizeof text, "%s,\"session_id\":%llu,\"handle_id\":%llu}",
             events[_i], (unsigned long long)JANUS,
             (unsigned long long)HANDLE);
    ck_assert(take(text, rules, START + 4 * SECOND));
    ck_assert(has_ended(&view));
    ck_assert_uint_eq(ended(CCTV_ENDED_GONE), 1);
    ck_assert(take(text, rules, START + 5 * SECOND));
    ck_assert_uint_eq(ended_of(&shared), 1);
}
END_TEST

START_TEST(a_proxied_view_may_connect_again_and_ends_with_its_handle)
{
    cctv_view_t view = start(CCTV_TRANSPORT_PROXY);

    tell_up(START + 1 * SECOND);
    tell_over(START + 3 * SECOND, "Close PC");
    ck_assert_int_eq(look(&view).flow, CCTV_FLOW_QUIET);
    ck_assert_uint_eq(cctv_counted(&shared.head->counters.stalls), 0);
    ck_assert(!look(&view).is_gone);
    /* A doubled event of before. */
    ck_assert(take("{\"type\":16,\"timestamp\":1795335788000000,"
                   "\"session_id\":7429754469564420,"
                   "\"handle_id\":2946342523557323,"
                   "\"event\":{\"connection\":\"webrtcup\"}}",
                   rules, START + 4 * SECOND));
    ck_assert_int_eq(look(&view).flow, CCTV_FLOW_QUIET);
    tell_up(START + 10 * SECOND);
    ck_assert_int_eq(look(&view).flow, CCTV_FLOW_ON);
    tell(START + 12 * SECOND, 2, "{\"name\":\"detached\"}");
    ck_assert(has_ended(&view));
    ck_assert_uint_eq(ended(CCTV_ENDED_ENDED), 1);
    ck_assert_uint_eq(watched_of(&shared, 42), 4 * SECOND);
}
END_TEST

START_TEST(events_of_others_change_nothing)
{
    static const char *const others[] = {
        "\"session_id\":1,\"handle_id\":2946342523557323",
        "\"session_id\":7429754469564420,\"handle_id\":1",
        "\"session_id\":7429754469564420",
        "\"handle_id\":2946342523557323",
        "\"session_id\":\"7429754469564420\",\"handle_id\":2946342523557323",
    };
    static const char *const data[] = {
        "16,\"event\":{\"connection\":\"hangup\"}",
        "2,\"event\":{\"name\":\"detached\"}",
        "32,\"event\":{\"media\":\"video\",\"base\":1,\"packets-sent\":1}",
    };
    cctv_view_t view = start(CCTV_TRANSPORT_WHEP);
    size_t i;

    for (i = 0; i < sizeof data / sizeof data[0]; i++) {
        char text[300];

        snprintf(text, sizeof text, "{%s,\"type\":%s}", others[_i], data[i]);
        ck_assert(take(text, rules, START + 4 * SECOND));
    }
    ck_assert_int_eq(look(&view).flow, CCTV_FLOW_NONE);
}
END_TEST

START_TEST(statistics_prove_what_webrtcup_did_not)
{
    cctv_view_t view = start(CCTV_TRANSPORT_SERVER);

    tell(START, 32, "{\"media\":\"video\",\"base\":90000,\"packets-sent\":0}");
    tell(START, 32, "{\"media\":\"audio\",\"base\":90000,\"packets-sent\":9}");
    tell(START, 32, "{\"media\":\"video\",\"receiving\":false}");
    tell(START, 32, "[[],1]");
    ck_assert_int_eq(look(&view).flow, CCTV_FLOW_NONE);
    tell_stats(START + 2 * SECOND, 1);
    ck_assert_int_eq(look(&view).flow, CCTV_FLOW_ON);
    tell_stats(START + 4 * SECOND, 2);
    ck_assert_uint_eq(watched_of(&shared, 42), 2 * SECOND);
}
END_TEST

START_TEST(a_killed_browser_counts_up_to_its_last_report)
{
    cctv_view_t view = start(_i ? CCTV_TRANSPORT_WHEP : CCTV_TRANSPORT_SERVER);
    int i;

    tell_up(START);
    for (i = 1; i <= 5; i++) {
        tell_stats(START + i * 2 * SECOND, i);
    }
    tell_stats(START + 12 * SECOND, 5);
    ck_assert_int_eq(look(&view).flow, CCTV_FLOW_ON);
    tell_stats(START + 14 * SECOND, 5);
    ck_assert_int_eq(look(&view).flow, CCTV_FLOW_QUIET);
    ck_assert_uint_eq(cctv_counted(&shared.head->counters.stalls), 1);
    ck_assert_int_eq(look(&view).last, _i ? START + 10 * SECOND : START);
    /* And half of the time until its next one would have come. */
    ck_assert_uint_eq(watched_of(&shared, 42), 11 * SECOND);
    /* It was not dead: only the gap is not counted. */
    tell_stats(START + 16 * SECOND, 6);
    tell_stats(START + 18 * SECOND, 7);
    ck_assert_uint_eq(watched_of(&shared, 42), 13 * SECOND);
}
END_TEST

START_TEST(a_connection_that_fails_was_not_watched)
{
    cctv_view_t view = start(CCTV_TRANSPORT_SERVER);

    tell_over(START + 4 * SECOND, "ICE failed");
    view = look(&view);
    ck_assert(view.is_gone);
    ck_assert(cctv_view_end(&shared, &view, CCTV_ENDED_GONE,
                            at(START + 5 * SECOND)));
    ck_assert_uint_eq(ended(CCTV_ENDED_NO_MEDIA), 1);
    ck_assert_uint_eq(sum_of(&shared, CCTV_SERIES_WATCHED), 0);
}
END_TEST

START_TEST(ice_that_failed_says_nothing_about_the_time_before)
{
    start(CCTV_TRANSPORT_SERVER);
    tell_up(START);
    tell_stats(START + 2 * SECOND, 0);
    tell_over(START + 50 * SECOND, "ICE failed");
    ck_assert_uint_eq(watched_of(&shared, 42), 2 * SECOND);
}
END_TEST

/* ---- What nobody tells ---- */

static const cctv_media_means_t all = { .has_admin = true,
                                        .has_events = true,
                                        .had_events = true };

START_TEST(media_that_do_not_come_have_failed)
{
    cctv_view_t view = start(_i ? CCTV_TRANSPORT_WHEP : CCTV_TRANSPORT_SERVER);

    cctv_media_check(&shared, &view, &all, at(START + CCTV_MEDIA_LIMIT));
    /* The admin API was not asked, and perhaps does not answer. */
    ck_assert_int_eq(look(&view).flow, CCTV_FLOW_NONE);
    cctv_media_none(&shared, &view, at(START + CCTV_MEDIA_LIMIT - 2));
    cctv_media_check(&shared, &view, &all, at(START + CCTV_MEDIA_LIMIT - 1));
    ck_assert_int_eq(look(&view).flow, CCTV_FLOW_NONE);
    cctv_media_check(&shared, &view, &all, at(START + CCTV_MEDIA_LIMIT));
    if (_i) {
        ck_assert(has_ended(&view));
        ck_assert_uint_eq(ended(CCTV_ENDED_NO_MEDIA), 1);
        return;
    }
    ck_assert(look(&view).is_gone);
    ck_assert_int_eq(look(&view).flow, CCTV_FLOW_FAILED);
}
END_TEST

START_TEST(without_means_the_answer_is_the_proof)
{
    const cctv_media_means_t none = { .has_admin = _i, .is_admin_lost = true };
    cctv_view_t view = start(CCTV_TRANSPORT_SERVER);

    cctv_media_check(&shared, &view, &none, at(START + 3));
    ck_assert(cctv_view_is_watched(&view));
    ck_assert_int_eq(look(&view).proven, START);
    ck_assert(cctv_view_beat(&shared, &view, at(START + 9)));
    ck_assert_uint_eq(watched_of(&shared, 42), 9);
    ck_assert_int_eq(cctv_media_is_due(&view, &none, START + 100 * SECOND),
                     _i);
}
END_TEST

START_TEST(the_admin_api_is_asked_where_events_are_missing)
{
    static const cctv_media_means_t alone = { .has_admin = true };
    cctv_view_t view = start(CCTV_TRANSPORT_SERVER);

    ck_assert(cctv_media_is_due(&view, &alone, START + SECOND));
    ck_assert(!cctv_media_is_due(&view, &all, START + SECOND));
    ck_assert(cctv_media_is_due(&view, &all, START + 3 * SECOND));
    tell_up(START + SECOND);
    tell_stats(START + 3 * SECOND, 1);
    view = look(&view);
    ck_assert(!cctv_media_is_due(&view, &all, START + 6 * SECOND));
    ck_assert(!cctv_media_is_due(&view, &alone, START + 6 * SECOND));
    ck_assert(cctv_media_is_due(&view, &alone, START + 7 * SECOND));
}
END_TEST

START_TEST(what_the_admin_api_tells_begins_when_the_connection_came_up)
{
    cctv_view_t view = start(CCTV_TRANSPORT_SERVER);

    cctv_media_sent(&shared, &view, START + 2, 0, at(START + 9));
    ck_assert_uint_eq(watched_of(&shared, 42), 7);
    /* Events that come behind it are older. */
    tell_stats(START + 5, 1);
    ck_assert_uint_eq(watched_of(&shared, 42), 7);
    cctv_media_none(&shared, &view, at(START + 20));
    ck_assert_int_eq(look(&view).flow, CCTV_FLOW_QUIET);
    ck_assert_uint_eq(watched_of(&shared, 42), 7);
}
END_TEST

START_TEST(a_stale_copy_of_a_view_touches_no_other_view)
{
    cctv_view_t before = start(CCTV_TRANSPORT_SERVER);
    cctv_viewer_t viewer = viewer_by(CCTV_TRANSPORT_WHEP);
    cctv_view_t next;

    next = before;
    do {
        ck_assert(cctv_view_end(&shared, &next, CCTV_ENDED_ENDED, at(START)));
        ck_assert_int_eq(start_view(&shared, &viewer, at(START), &next),
                         CCTV_VIEW_STARTED);
    } while (next.index != before.index);
    cctv_media_up(&shared, &before, at(START + 3));
    ck_assert_int_eq(look(&next).flow, CCTV_FLOW_NONE);
    cctv_media_lost(&shared, &before, at(START + 3));
    ck_assert(!has_ended(&next));
}
END_TEST

TCase *events_tests(void)
{
    TCase *tc = tcase_create("events");

    tcase_add_test(tc, each_rule_of_a_type_is_called);
    tcase_add_test(tc, what_is_not_events_has_no_effect);
    tcase_add_test(tc, no_more_than_so_many_events_of_a_body_are_taken);
    tcase_add_loop_test(tc, an_id_is_a_positive_number, 0, 7);
    tcase_add_loop_test(tc, an_event_that_was_late_happened_before, 0, 7);
    tcase_add_test(tc, a_view_counts_from_webrtcup_to_hangup);
    tcase_add_loop_test(tc, a_whep_view_ends_at_once, 0, 4);
    tcase_add_test(tc,
                   a_proxied_view_may_connect_again_and_ends_with_its_handle);
    tcase_add_loop_test(tc, events_of_others_change_nothing, 0, 5);
    tcase_add_test(tc, statistics_prove_what_webrtcup_did_not);
    tcase_add_loop_test(tc, a_killed_browser_counts_up_to_its_last_report, 0,
                        2);
    tcase_add_test(tc, a_connection_that_fails_was_not_watched);
    tcase_add_test(tc, ice_that_failed_says_nothing_about_the_time_before);
    tcase_add_loop_test(tc, media_that_do_not_come_have_failed, 0, 2);
    tcase_add_loop_test(tc, without_means_the_answer_is_the_proof, 0, 2);
    tcase_add_test(tc, the_admin_api_is_asked_where_events_are_missing);
    tcase_add_test(
        tc, what_the_admin_api_tells_begins_when_the_connection_came_up);
    tcase_add_test(tc, a_stale_copy_of_a_view_touches_no_other_view);
    return tc;
}
