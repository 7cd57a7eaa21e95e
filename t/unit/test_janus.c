/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"
#include "t_janus.h"

#include "janus/session_ids.h"

#include <string.h>

#define SUCCESS  "{\"janus\":\"success\",\"transaction\":\"cctv\"}"
#define MADE(id) "{\"janus\":\"success\",\"data\":{\"id\":" id "}}"
#define REFUSED(code)                                                         \
    "{\"janus\":\"error\",\"error\":{\"code\":" code                          \
    ",\"reason\":\"No such session\"}}"
#define REPLY(data)                                                           \
    "{\"janus\":\"success\",\"plugindata\":{\"plugin\":\"p\",\"data\":" data  \
    "}}"

static uint64_t errors(cctv_janus_error_t error)
{
    return cctv_counted(&counters.errors[error]);
}

static const char *text_in(const json_t *body, const char *name)
{
    const char *text = json_string_value(json_object_get(body, name));

    return text == NULL ? "" : text;
}

static cctv_janus_status_t send_hello(json_t **reply)
{
    *reply = NULL;
    return cctv_janus_message(&session, json_pack("{s:s}", "request", "hello"),
                              NULL, reply);
}

START_TEST(a_session_and_a_handle_are_opened)
{
    json_t *body;

    SERVE(ANSWER(MADE("9007199254740991")), ANSWER(MADE("5")));
    ck_assert_int_eq(cctv_janus_open(&session), CCTV_JANUS_OK);
    ck_assert_uint_eq(session.id, (UINT64_C(1) << 53) - 1);
    ck_assert_uint_eq(session.handle, 5);
    ck_assert_str_eq(t_janus_line(0), "POST /janus HTTP/1.1");
    body = t_janus_body(0);
    ck_assert_str_eq(text_in(body, "janus"), "create");
    ck_assert_str_eq(text_in(body, "apisecret"), SECRET);
    ck_assert_str_ne(text_in(body, "transaction"), "");
    json_decref(body);
    ck_assert_str_eq(t_janus_line(1), "POST /janus/9007199254740991 HTTP/1.1");
    body = t_janus_body(1);
    ck_assert_str_eq(text_in(body, "janus"), "attach");
    ck_assert_str_eq(text_in(body, "plugin"), "janus.plugin.streaming");
    json_decref(body);
    ck_assert_uint_eq(errors(CCTV_JANUS_ERROR_WRONG), 0);
    t_janus_stop();
}
END_TEST

START_TEST(an_id_that_is_none_is_wrong)
{
    static const char *const answers[] = {
        MADE("0"),
        MADE("-1"),
        MADE("9007199254740992"),
        MADE("9223372036854775807"),
        MADE("\"5\""),
        MADE("5.0"),
        MADE("null"),
        "{\"janus\":\"success\"}",
        "{\"janus\":\"success\",\"data\":5}"
    };

    SERVE(ANSWER(answers[_i]));
    ck_assert_int_eq(cctv_janus_open(&session), CCTV_JANUS_WRONG);
    ck_assert_uint_eq(session.id, 0);
    t_janus_stop();
}
END_TEST

START_TEST(what_is_no_answer_of_janus_is_wrong)
{
    static const char *const answers[] = {
        "",
        "garbage",
        "{",
        "{\"janus\":\"success\"",
        "{\"janus\":\"success\"}}",
        "[]",
        "[{\"janus\":\"success\"}]",
        "\"success\"",
        "null",
        "{}",
        "{\"janus\":1}",
        "{\"janus\":null}",
        "{\"janus\":[\"success\"]}",
        "{\"error\":{\"code\":458}}",
        "{\"janus\":\"success\",\"a\":\"\\u0000\"}",
        "{\"janus\":\"success\",\"a\":\"\xff\"}",
        "<html><body>503 Service Unavailable</body></html>"
    };

    SERVE(ANSWER(answers[_i]), ANSWER(SUCCESS));
    ck_assert_int_eq(cctv_janus_keepalive(&session), CCTV_JANUS_WRONG);
    ck_assert_uint_eq(errors(CCTV_JANUS_ERROR_WRONG), 1);
    /* The connection stays usable for the next call. */
    ck_assert_int_eq(cctv_janus_keepalive(&session), CCTV_JANUS_OK);
    ck_assert_uint_eq(errors(CCTV_JANUS_ERROR_WRONG), 1);
    t_janus_stop();
}
END_TEST

START_TEST(what_is_no_http_is_no_answer)
{
    static const t_answer_t answers[] = {
        { T_RAW, "" },
        { T_RAW, "garbage" },
        { T_RAW, SUCCESS },
        { T_RAW, "HTTP/1.1" },
        { T_RAW, "HTTP/9.9 200 OK\r\n\r\n" },
        { T_RAW, "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n" SUCCESS },
        { T_RAW, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz" },
        { T_RAW, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
                 "Content-Length: 0\r\n\r\n" }
    };
    cctv_janus_status_t status;

    SERVE(answers[_i]);
    status = cctv_janus_keepalive(&session);
    ck_assert(status == CCTV_JANUS_WRONG || status == CCTV_JANUS_LOST);
    t_janus_stop();
}
END_TEST

START_TEST(an_error_of_janus_is_told_with_its_reason)
{
    SERVE(ANSWER(REFUSED("458")));
    ck_assert_int_eq(cctv_janus_keepalive(&session), CCTV_JANUS_REFUSED);
    ck_assert_int_eq(session.code, CCTV_JANUS_NO_SESSION);
    ck_assert_str_eq(session.reason, "No such session");
    ck_assert_uint_eq(errors(CCTV_JANUS_ERROR_REFUSED), 1);
    t_janus_stop();
}
END_TEST

START_TEST(an_error_without_code_or_reason_is_one)
{
    static const char *const answers[] = {
        "{\"janus\":\"error\"}",
        "{\"janus\":\"error\",\"error\":458}",
        "{\"janus\":\"error\",\"error\":{}}",
        "{\"janus\":\"error\",\"error\":{\"code\":\"458\",\"reason\":1}}",
        "{\"janus\":\"error\",\"error\":{\"code\":-1}}",
        "{\"janus\":\"error\",\"error\":{\"code\":1000}}",
        "{\"janus\":\"error\",\"error\":{\"code\":9223372036854775807}}"
    };

    SERVE(ANSWER(answers[_i]));
    ck_assert_int_eq(cctv_janus_keepalive(&session), CCTV_JANUS_REFUSED);
    ck_assert_int_eq(session.code, 0);
    ck_assert_str_eq(session.reason, "no reason given");
    t_janus_stop();
}
END_TEST

START_TEST(a_long_reason_is_cut_off)
{
    char answer[2000];

    memset(answer, 'x', sizeof answer);
    memcpy(answer, "{\"janus\":\"error\",\"error\":{\"reason\":\"", 36);
    memcpy(answer + sizeof answer - 4, "\"}}", 4);
    SERVE(ANSWER(answer));
    ck_assert_int_eq(cctv_janus_keepalive(&session), CCTV_JANUS_REFUSED);
    ck_assert_uint_eq(strlen(session.reason), sizeof session.reason - 1);
    t_janus_stop();
}
END_TEST

START_TEST(an_answer_that_never_ends_is_wrong)
{
    static char mega[1 << 20];

    memset(mega, ' ', sizeof mega - 1);
    SERVE({ T_ENDLESS, mega }, ANSWER(SUCCESS));
    ck_assert_int_eq(cctv_janus_keepalive(&session), CCTV_JANUS_WRONG);
    ck_assert_int_eq(cctv_janus_keepalive(&session), CCTV_JANUS_OK);
    t_janus_stop();
}
END_TEST

START_TEST(who_does_not_answer_in_time_is_late)
{
    static const t_answer_t answers[] = { { T_SILENT, NULL },
                                          { T_STUCK, SUCCESS },
                                          { T_STUCK, "" } };
    cctv_time_t started;

    SERVE(answers[_i], ANSWER(SUCCESS));
    started = cctv_now();
    session.deadline = started + SECOND / 10;
    ck_assert_int_eq(cctv_janus_keepalive(&session), CCTV_JANUS_LATE);
    ck_assert_int_ge(cctv_now() - started, SECOND / 10 - 1000);
    ck_assert_uint_eq(errors(CCTV_JANUS_ERROR_TIMEOUT), 1);
    /* After the deadline no request is sent. */
    ck_assert_int_eq(cctv_janus_keepalive(&session), CCTV_JANUS_LATE);
    session.deadline = cctv_now() + 60 * SECOND;
    ck_assert_int_eq(cctv_janus_keepalive(&session), CCTV_JANUS_OK);
    t_janus_stop();
}
END_TEST

START_TEST(who_closes_before_the_end_is_lost)
{
    SERVE({ T_HALF, SUCCESS }, ANSWER(SUCCESS));
    ck_assert_int_eq(cctv_janus_keepalive(&session), CCTV_JANUS_LOST);
    ck_assert_uint_eq(errors(CCTV_JANUS_ERROR_LOST), 1);
    ck_assert_int_eq(cctv_janus_keepalive(&session), CCTV_JANUS_OK);
    t_janus_stop();
}
END_TEST

START_TEST(where_nobody_listens_the_call_is_lost)
{
    SERVE(ANSWER(SUCCESS));
    t_janus_refuse();
    ck_assert_int_eq(cctv_janus_keepalive(&session), CCTV_JANUS_LOST);
    ck_assert_uint_eq(errors(CCTV_JANUS_ERROR_LOST), 1);
    t_janus_stop();
}
END_TEST

START_TEST(a_connection_is_kept_for_the_next_talk)
{
    int i;

    SERVE(ANSWER(SUCCESS), ANSWER(REFUSED("458")), ANSWER("garbage"),
          ANSWER(SUCCESS));
    for (i = 0; i < 4; i++) {
        cctv_janus_keepalive(&session);
        cctv_janus_end(&session);
        ck_assert(cctv_janus_begin(janus, cctv_now() + 60 * SECOND, &session));
    }
    ck_assert_str_eq(t_janus_line(3), "POST /janus/0 HTTP/1.1");
    ck_assert_int_eq(t_janus_connections(), 1);
    t_janus_stop();
}
END_TEST

START_TEST(a_kept_connection_that_was_closed_is_made_anew)
{
    SERVE({ T_CLOSE, SUCCESS }, ANSWER(SUCCESS));
    ck_assert_int_eq(cctv_janus_keepalive(&session), CCTV_JANUS_OK);
    ck_assert_int_eq(cctv_janus_keepalive(&session), CCTV_JANUS_OK);
    ck_assert_int_eq(t_janus_connections(), 2);
    t_janus_stop();
}
END_TEST

START_TEST(two_talks_at_once_have_two_connections)
{
    cctv_janus_session_t other;

    SERVE(ANSWER(SUCCESS), ANSWER(SUCCESS), ANSWER(SUCCESS));
    ck_assert(cctv_janus_begin(janus, cctv_now() + 60 * SECOND, &other));
    ck_assert_ptr_ne(session.connection, other.connection);
    ck_assert_int_eq(cctv_janus_keepalive(&session), CCTV_JANUS_OK);
    ck_assert_int_eq(cctv_janus_keepalive(&other), CCTV_JANUS_OK);
    ck_assert_int_eq(cctv_janus_keepalive(&session), CCTV_JANUS_OK);
    ck_assert_int_eq(t_janus_connections(), 2);
    cctv_janus_end(&other);
    t_janus_stop();
}
END_TEST

START_TEST(a_message_gets_what_the_plugin_says)
{
    json_t *body;
    json_t *reply;

    SERVE(ANSWER(REPLY("{\"streaming\":\"x\"}")));
    ck_assert_int_eq(send_hello(&reply), CCTV_JANUS_OK);
    ck_assert_str_eq(text_in(reply, "streaming"), "x");
    json_decref(reply);
    ck_assert_str_eq(t_janus_line(0), "POST /janus/11/12 HTTP/1.1");
    body = t_janus_body(0);
    ck_assert_str_eq(text_in(body, "janus"), "message");
    ck_assert_str_eq(text_in(json_object_get(body, "body"), "request"),
                     "hello");
    ck_assert_ptr_null(json_object_get(body, "jsep"));
    json_decref(body);
    t_janus_stop();
}
END_TEST

START_TEST(a_message_that_is_only_acknowledged_has_no_reply)
{
    json_t *reply;

    SERVE(ANSWER("{\"janus\":\"ack\"}"));
    ck_assert_int_eq(send_hello(&reply), CCTV_JANUS_OK);
    ck_assert_ptr_null(reply);
    t_janus_stop();
}
END_TEST

START_TEST(an_error_of_the_plugin_is_one)
{
    static const char *const answers[] = {
        REPLY("{\"error_code\":455,\"error\":\"No such mountpoint\"}"),
        REPLY("{\"error_code\":\"455\"}"), REPLY("{\"error_code\":null}")
    };
    json_t *reply;

    SERVE(ANSWER(answers[_i]));
    ck_assert_int_eq(send_hello(&reply), CCTV_JANUS_REFUSED);
    ck_assert_int_eq(session.code, _i == 0 ? CCTV_JANUS_NO_MOUNTPOINT : 0);
    ck_assert_str_eq(session.reason,
                     _i == 0 ? "No such mountpoint" : "no reason given");
    ck_assert_ptr_null(reply);
    t_janus_stop();
}
END_TEST

START_TEST(an_event_of_the_plugin_is_waited_for)
{
    json_t *event;

    SERVE(ANSWER("{\"janus\":\"keepalive\"}"),
          ANSWER("{\"janus\":\"webrtcup\"}"), ANSWER(REPLY("{\"result\":1}")));
    ck_assert_int_eq(cctv_janus_event(&session, &event), CCTV_JANUS_OK);
    ck_assert_ptr_nonnull(json_object_get(event, "plugindata"));
    json_decref(event);
    ck_assert_str_eq(
        t_janus_line(2),
        "GET /janus/11?maxev=1&apisecret=a%20secret%2F%26 HTTP/1.1");
    t_janus_stop();
}
END_TEST

START_TEST(an_event_may_be_an_error)
{
    json_t *event;

    SERVE(ANSWER(REPLY("{\"error_code\":452}")), ANSWER(REFUSED("458")));
    ck_assert_int_eq(cctv_janus_event(&session, &event), CCTV_JANUS_REFUSED);
    ck_assert_int_eq(session.code, 452);
    ck_assert_int_eq(cctv_janus_event(&session, &event), CCTV_JANUS_REFUSED);
    ck_assert_int_eq(session.code, CCTV_JANUS_NO_SESSION);
    t_janus_stop();
}
END_TEST

START_TEST(a_session_that_is_not_there_is_destroyed)
{
    json_t *body;

    SERVE(ANSWER(SUCCESS), ANSWER(REFUSED("458")), ANSWER(REFUSED("403")));
    ck_assert_int_eq(cctv_janus_destroy(&session, 5), CCTV_JANUS_OK);
    ck_assert_str_eq(t_janus_line(0), "POST /janus/5 HTTP/1.1");
    body = t_janus_body(0);
    ck_assert_str_eq(text_in(body, "janus"), "destroy");
    json_decref(body);
    ck_assert_int_eq(cctv_janus_destroy(&session, 5), CCTV_JANUS_OK);
    ck_assert_int_eq(cctv_janus_destroy(&session, 5), CCTV_JANUS_REFUSED);
    t_janus_stop();
}
END_TEST

START_TEST(the_admin_api_tells_of_a_handle)
{
    json_t *body;
    json_t *info;

    SERVE(ANSWER("{\"janus\":\"success\",\"info\":{\"a\":\"b\"}}"),
          ANSWER(SUCCESS));
    ck_assert_int_eq(cctv_janus_handle_info(&session, 1, 2, &info),
                     CCTV_JANUS_OK);
    ck_assert_str_eq(text_in(info, "a"), "b");
    json_decref(info);
    ck_assert_str_eq(t_janus_line(0), "POST /janus/1/2 HTTP/1.1");
    body = t_janus_body(0);
    ck_assert_str_eq(text_in(body, "admin_secret"), SECRET);
    json_decref(body);
    ck_assert_int_eq(cctv_janus_handle_info(&session, 1, 2, &info),
                     CCTV_JANUS_WRONG);
    t_janus_stop();
}
END_TEST

START_TEST(the_admin_api_lists_janus_sessions)
{
    cctv_session_ids_t ids = { .at = NULL };

    SERVE(ANSWER("{\"janus\":\"success\",\"sessions\":"
                 "[9,\"x\",3,9007199254740991,-1]}"),
          ANSWER("{\"janus\":\"success\",\"sessions\":[]}"),
          ANSWER("{\"janus\":\"success\",\"sessions\":{}}"),
          ANSWER(REFUSED("403")));
    ck_assert(cctv_session_ids_list(&session, &ids));
    ck_assert(cctv_session_ids_have(&ids, 3));
    ck_assert(cctv_session_ids_have(&ids, 9));
    ck_assert(cctv_session_ids_have(&ids, 9007199254740991));
    ck_assert(!cctv_session_ids_have(&ids, 4));
    cctv_session_ids_free(&ids);
    ck_assert(cctv_session_ids_list(&session, &ids));
    ck_assert(!cctv_session_ids_have(&ids, 3));
    cctv_session_ids_free(&ids);
    ck_assert(!cctv_session_ids_list(&session, &ids));
    ck_assert(!cctv_session_ids_list(&session, &ids));
    t_janus_stop();
}
END_TEST

TCase *janus_tests(void)
{
    TCase *tc = tcase_create("janus");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_session_and_a_handle_are_opened);
    tcase_add_loop_test(tc, an_id_that_is_none_is_wrong, 0, 9);
    tcase_add_loop_test(tc, what_is_no_answer_of_janus_is_wrong, 0, 17);
    tcase_add_loop_test(tc, what_is_no_http_is_no_answer, 0, 8);
    tcase_add_test(tc, an_error_of_janus_is_told_with_its_reason);
    tcase_add_loop_test(tc, an_error_without_code_or_reason_is_one, 0, 7);
    tcase_add_test(tc, a_long_reason_is_cut_off);
    tcase_add_test(tc, an_answer_that_never_ends_is_wrong);
    tcase_add_loop_test(tc, who_does_not_answer_in_time_is_late, 0, 3);
    tcase_add_test(tc, who_closes_before_the_end_is_lost);
    tcase_add_test(tc, where_nobody_listens_the_call_is_lost);
    tcase_add_test(tc, a_connection_is_kept_for_the_next_talk);
    tcase_add_test(tc, a_kept_connection_that_was_closed_is_made_anew);
    tcase_add_test(tc, two_talks_at_once_have_two_connections);
    tcase_add_test(tc, a_message_gets_what_the_plugin_says);
    tcase_add_test(tc, a_message_that_is_only_acknowledged_has_no_reply);
    tcase_add_loop_test(tc, an_error_of_the_plugin_is_one, 0, 3);
    tcase_add_test(tc, an_event_of_the_plugin_is_waited_for);
    tcase_add_test(tc, an_event_may_be_an_error);
    tcase_add_test(tc, a_session_that_is_not_there_is_destroyed);
    tcase_add_test(tc, the_admin_api_tells_of_a_handle);
    tcase_add_test(tc, the_admin_api_lists_janus_sessions);
    return tc;
}
