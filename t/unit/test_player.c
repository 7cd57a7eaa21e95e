/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"
#include "t_janus.h"
#include "t_sdp.h"

#include "janus/player.h"

#include "apr_strings.h"

#include <string.h>

static const cctv_mountpoint_rules_t rules = { .secret = SECRET };
static cctv_sdp_offer_t offer;
static cctv_player_t player;
static cctv_janus_status_t status;

#define REPLY(data)                                                           \
    "{\"janus\":\"success\",\"plugindata\":{\"plugin\":\"p\",\"data\":" data  \
    "}}"
#define ACK ANSWER("{\"janus\":\"ack\"}")
#define EVENT(data)                                                           \
    ANSWER("{\"janus\":\"event\",\"plugindata\":{\"data\":" data "}}")
#define NONE     EVENT("{\"error_code\":455,\"error\":\"No such mountpoint\"}")
#define SWITCHED EVENT("{\"result\":{\"switched\":\"ok\"}}")
#define TAKEN                                                                 \
    ANSWER(REPLY("{\"error_code\":456,\"error\":\"A stream with the "         \
                 "provided ID already exists\"}"))
#define INFO(media)                                                           \
    ANSWER(REPLY("{\"info\":{\"id\":42,\"metadata\":\"mod_cctv rtsp 1 x\","   \
                 "\"media\":[" media "]}}"))
#define FRESH INFO("{\"age_ms\":7}")
#define DONE  ANSWER(REPLY("{\"streaming\":\"done\"}"))

static t_answer_t says(const char *type, const char *sdp)
{
    json_t *event = json_pack("{s:s, s:{s:{}}, s:{s:s, s:s}}", "janus",
                              "event", "plugindata", "data", "jsep", "type",
                              type, "sdp", sdp);
    char *text = json_dumps(event, 0);
    t_answer_t answer = { .how = T_ANSWER, .text = apr_pstrdup(pool, text) };

    free(text);
    json_decref(event);
    return answer;
}

#define OFFERS says("offer", T_JANUS("actpass", "116", "117"))

static void offer_of(const char *name, bool janus_takes_offers)
{
    cctv_slice_t text = t_sdp(name);

    ck_assert_int_eq(cctv_sdp_offer_read(text.at, text.len, &offer),
                     CCTV_SDP_OK);
    ck_assert(cctv_sdp_offer_choose(&offer, CCTV_CODEC_H264, 0x4D));
    player = (cctv_player_t){ .pool = pool,
                              .offer = &offer,
                              .janus_takes_offers = janus_takes_offers };
}

static cctv_mountpoint_status_t connect_player(void)
{
    return cctv_player_connect(&player, &session, &rules, 42, "pin", &status);
}

static const char *text_in(const json_t *body, const char *name)
{
    const char *text = json_string_value(json_object_get(body, name));

    return text == NULL ? "" : text;
}

/* Check the request and the id in message number `index`.
 * @return the message; the caller calls json_decref() */
static json_t *sent(int index, const char *request, json_int_t id)
{
    json_t *message = t_janus_body(index);
    const json_t *body = json_object_get(message, "body");

    ck_assert_str_eq(text_in(body, "request"), request);
    ck_assert_int_eq(json_integer_value(json_object_get(body, "id")), id);
    return message;
}

#define TEMPLATE (CCTV_TEMPLATE_FIRST + 116)

START_TEST(offers_are_crossed)
{
    json_t *message;
    const char *answer;

    offer_of("offer/chromium_video", false);
    SERVE(ACK, OFFERS, ACK, SWITCHED, FRESH, DONE);
    ck_assert_int_eq(connect_player(), CCTV_MOUNTPOINT_OK);
    ck_assert(strstr(player.answer, "a=ice-ufrag:Jnus\r\n") != NULL);
    ck_assert(strstr(player.answer, "a=setup:active\r\n") != NULL);
    t_assert_ours(player.answer);
    json_decref(sent(0, "watch", TEMPLATE));
    message = sent(2, "switch", 42);
    ck_assert_str_eq(text_in(json_object_get(message, "body"), "pin"), "pin");
    json_decref(message);
    message = sent(5, "start", 0);
    answer = text_in(json_object_get(message, "jsep"), "sdp");
    ck_assert_str_eq(text_in(json_object_get(message, "jsep"), "type"),
                     "answer");
    ck_assert(strstr(answer, "a=setup:passive\r\n") != NULL);
    ck_assert(strstr(answer, "a=mid:v\r\n") != NULL);
    ck_assert_ptr_null(strstr(answer, "candidate"));
    json_decref(message);
    t_janus_stop();
}
END_TEST

START_TEST(a_template_is_made_when_it_is_needed)
{
    json_t *message;
    const json_t *body;
    const json_t *media;

    offer_of("offer/chromium_video", false);
    SERVE(ACK, NONE, DONE, ACK, OFFERS, ACK, SWITCHED, FRESH, DONE);
    ck_assert_int_eq(connect_player(), CCTV_MOUNTPOINT_OK);
    message = sent(2, "create", TEMPLATE);
    body = json_object_get(message, "body");
    media = json_array_get(json_object_get(body, "media"), 0);
    ck_assert_str_eq(text_in(body, "type"), "rtp");
    /* With a secret of ours no browser can destroy it. */
    ck_assert_str_eq(text_in(body, "secret"), SECRET);
    ck_assert_str_eq(text_in(body, "admin_key"), SECRET);
    ck_assert(json_is_true(json_object_get(body, "is_private")));
    /* The keeper may not take it for the mountpoint of a camera. */
    ck_assert_ptr_null(json_object_get(body, "metadata"));
    ck_assert_int_eq(json_integer_value(json_object_get(media, "pt")), 116);
    ck_assert_int_eq(json_integer_value(json_object_get(media, "port")), 0);
    ck_assert_str_eq(text_in(media, "codec"), "h264");
    json_decref(message);
    t_janus_stop();
}
END_TEST

START_TEST(a_template_that_another_process_makes_is_used)
{
    offer_of("offer/chromium_video", false);
    SERVE(ACK, NONE, TAKEN, ACK, NONE, TAKEN, ACK, OFFERS, ACK, SWITCHED,
          FRESH, DONE);
    ck_assert_int_eq(connect_player(), CCTV_MOUNTPOINT_OK);
    t_janus_stop();
}
END_TEST

START_TEST(a_template_that_never_comes_fails)
{
    offer_of("offer/chromium_video", false);
    SERVE(ACK, NONE, TAKEN, ACK, NONE, TAKEN, ACK, NONE, TAKEN, ACK, NONE);
    ck_assert_int_eq(connect_player(), CCTV_MOUNTPOINT_FAILED);
    ck_assert_int_eq(status, CCTV_JANUS_REFUSED);
    t_janus_stop();
}
END_TEST

START_TEST(a_camera_without_mountpoint_is_switched_to_later)
{
    offer_of("offer/chromium_video", false);
    SERVE(ACK, OFFERS, ACK, NONE, ACK, SWITCHED, FRESH, DONE);
    ck_assert_int_eq(connect_player(), CCTV_MOUNTPOINT_MISSING);
    /* It watches the template already. */
    ck_assert_int_eq(connect_player(), CCTV_MOUNTPOINT_OK);
    json_decref(sent(4, "switch", 42));
    t_janus_stop();
}
END_TEST

START_TEST(a_camera_that_is_away_is_offline)
{
    offer_of("offer/chromium_video", false);
    SERVE(ACK, OFFERS, ACK, SWITCHED, INFO("{\"age_ms\":11000}"));
    ck_assert_int_eq(connect_player(), CCTV_MOUNTPOINT_OFFLINE);
    ck_assert_ptr_null(player.answer);
    t_janus_stop();
}
END_TEST

START_TEST(a_faulty_offer_of_janus_is_no_failure_of_the_call)
{
    offer_of("offer/chromium_video", false);
    SERVE(ACK, says("offer", "v=0\r\n"));
    ck_assert_int_eq(connect_player(), CCTV_MOUNTPOINT_FAILED);
    ck_assert_int_eq(status, CCTV_JANUS_OK);
    ck_assert_int_eq(player.fault, CCTV_SDP_NO_VIDEO);
    t_janus_stop();
}
END_TEST

START_TEST(a_refused_answer_is_told)
{
    offer_of("offer/chromium_video", false);
    SERVE(ACK, OFFERS, ACK, SWITCHED, FRESH,
          ANSWER("{\"janus\":\"error\",\"error\":{\"code\":469,\"reason\":"
                 "\"Error processing SDP\"}}"));
    ck_assert_int_eq(connect_player(), CCTV_MOUNTPOINT_FAILED);
    ck_assert_int_eq(status, CCTV_JANUS_REFUSED);
    ck_assert_int_eq(session.code, CCTV_JANUS_BAD_SDP);
    t_janus_stop();
}
END_TEST

START_TEST(a_newer_janus_gets_the_offer)
{
    json_t *message;
    const char *text;

    offer_of("offer/chromium_video", true);
    SERVE(ACK, says("answer", T_JANUS("active", "116", "117")));
    ck_assert_int_eq(connect_player(), CCTV_MOUNTPOINT_OK);
    ck_assert(strstr(player.answer, "a=ice-ufrag:Jnus\r\n") != NULL);
    t_assert_ours(player.answer);
    message = sent(0, "watch", 42);
    text = text_in(json_object_get(message, "jsep"), "sdp");
    ck_assert_str_eq(text_in(json_object_get(message, "jsep"), "type"),
                     "offer");
    ck_assert(strstr(text, "a=setup:actpass\r\n") != NULL);
    ck_assert_ptr_null(strstr(text, "rtx"));
    ck_assert_ptr_null(strstr(text, "candidate"));
    json_decref(message);
    t_janus_stop();
}
END_TEST

START_TEST(what_a_newer_janus_may_say)
{
    const struct {
        t_answer_t event;
        cctv_mountpoint_status_t result;
        cctv_janus_status_t status;
    } cases[] = { { NONE, CCTV_MOUNTPOINT_MISSING, CCTV_JANUS_REFUSED },
                  { EVENT("{\"error_code\":457,\"error\":\"x\"}"),
                    CCTV_MOUNTPOINT_BUSY, CCTV_JANUS_REFUSED },
                  /* An older Janus ignores the offer and makes its own. */
                  { OFFERS, CCTV_MOUNTPOINT_FAILED, CCTV_JANUS_WRONG },
                  { says("answer", "v=0\r\n"), CCTV_MOUNTPOINT_FAILED,
                    CCTV_JANUS_OK },
                  /* Janus may be the DTLS server, too. */
                  { says("answer", T_JANUS("passive", "116", "117")),
                    CCTV_MOUNTPOINT_OK, CCTV_JANUS_OK } };

    offer_of("offer/chromium_video", true);
    SERVE(ACK, cases[_i].event);
    ck_assert_int_eq(connect_player(), cases[_i].result);
    ck_assert_int_eq(status, cases[_i].status);
    t_janus_stop();
}
END_TEST

START_TEST(the_version_decides)
{
    int version = 0;

    SERVE(ANSWER("{\"janus\":\"server_info\",\"version\":1102}"),
          ANSWER("{\"janus\":\"server_info\"}"),
          ANSWER("{\"janus\":\"server_info\",\"version\":-1}"),
          ANSWER("{\"janus\":\"server_info\",\"version\":99999999999}"));
    ck_assert_int_eq(cctv_janus_version(&session, &version), CCTV_JANUS_OK);
    ck_assert_int_eq(version, 1102);
    ck_assert_ptr_nonnull(strstr(t_janus_line(0), "GET /janus/info "));
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(cctv_janus_version(&session, &version),
                         CCTV_JANUS_WRONG);
    }
    ck_assert_int_eq(version, 1102);
    t_janus_stop();
}
END_TEST

TCase *player_tests(void)
{
    TCase *tc = tcase_create("player");

    tcase_add_test(tc, offers_are_crossed);
    tcase_add_test(tc, a_template_is_made_when_it_is_needed);
    tcase_add_test(tc, a_template_that_another_process_makes_is_used);
    tcase_add_test(tc, a_template_that_never_comes_fails);
    tcase_add_test(tc, a_camera_without_mountpoint_is_switched_to_later);
    tcase_add_test(tc, a_camera_that_is_away_is_offline);
    tcase_add_test(tc, a_faulty_offer_of_janus_is_no_failure_of_the_call);
    tcase_add_test(tc, a_refused_answer_is_told);
    tcase_add_test(tc, a_newer_janus_gets_the_offer);
    tcase_add_loop_test(tc, what_a_newer_janus_may_say, 0, 5);
    tcase_add_test(tc, the_version_decides);
    return tc;
}
