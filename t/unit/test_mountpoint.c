/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"
#include "t_janus.h"

#include "janus/mountpoint_watch.h"

#include "apr_strings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const cctv_mountpoint_rules_t rules = { .secret = SECRET,
                                               .cold_seconds = 8 };

#define REPLY(data)                                                           \
    "{\"janus\":\"success\",\"plugindata\":{\"plugin\":\"p\",\"data\":" data  \
    "}}"
#define INFO(entry) REPLY("{\"streaming\":\"info\",\"info\":" entry "}")
#define NOT_DONE(code, why)                                                   \
    REPLY("{\"error_code\":" code ",\"error\":\"" why "\"}")
#define SUCCESS REPLY("{\"streaming\":\"done\"}")

static const char *text_in(const json_t *body, const char *name)
{
    const char *text = json_string_value(json_object_get(body, name));

    return text == NULL ? "" : text;
}

/* The message in request number `index`. The caller calls json_decref(). */
static json_t *message(int index)
{
    json_t *request = t_janus_body(index);
    json_t *body = json_incref(json_object_get(request, "body"));

    json_decref(request);
    ck_assert_ptr_nonnull(body);
    return body;
}

static cctv_mountpoint_t must_find(void)
{
    cctv_mountpoint_t mountpoint;
    cctv_janus_status_t status;

    ck_assert_int_eq(
        cctv_mountpoint_find(&session, &rules, 42, &mountpoint, &status),
        CCTV_MOUNTPOINT_OK);
    ck_assert_int_eq(status, CCTV_JANUS_OK);
    return mountpoint;
}

/* The id of this boot of the system. */
static const char *boot(void)
{
    char *id = apr_pcalloc(pool, 40);
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "r");

    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_nonnull(fgets(id, 37, file));
    fclose(file);
    return id;
}

/* The answer to `info` for a mountpoint that was created this long ago. */
static const char *info_of_age(const char *type, int seconds)
{
    return apr_psprintf(pool,
                        INFO("{\"id\":42,\"metadata\":\"mod_cctv %s %ld %s\","
                             "\"pin\":\"secret\",\"media\":[{\"age_ms\":7}]}"),
                        type, (long)(cctv_now() / SECOND) - seconds, boot());
}

/* What Janus says about the video of a mountpoint, and whether that is another
 * codec than H.264. */
static const struct {
    const char *media;
    bool is_other;
} videos[] = {
    { "[{\"pt\":96,\"codec\":\"h264\"}]", false },
    { "[{\"pt\":96,\"codec\":\"h265\"}]", true },
    { "[{\"pt\":26}]", true },
    { "[{\"pt\":96,\"codec\":7}]", true },
    { "[{}]", false },
    { "[]", false },
    { "7", false },
};

START_TEST(another_codec_is_noticed)
{
    cctv_mountpoint_t mountpoint;

    SERVE(ANSWER(apr_psprintf(pool, INFO("{\"id\":42,\"media\":%s}"),
                              videos[_i].media)));
    mountpoint = must_find();
    ck_assert_int_eq(cctv_mountpoint_sends_other(&mountpoint, CCTV_CODEC_H264),
                     videos[_i].is_other);
    ck_assert(!cctv_mountpoint_sends_other(&mountpoint, CCTV_CODEC_UNKNOWN));
    t_janus_stop();
}
END_TEST

START_TEST(one_of_ours_is_found)
{
    cctv_mountpoint_t mountpoint;
    json_t *body;

    SERVE(ANSWER(info_of_age("rtsp", 5)), ANSWER(info_of_age("rtp", 60)));
    mountpoint = must_find();
    ck_assert_int_eq(mountpoint.camera, 42);
    ck_assert(mountpoint.is_pulled);
    ck_assert(mountpoint.is_new);
    ck_assert_int_eq(mountpoint.age, 7);
    ck_assert_str_eq(mountpoint.pin, "secret");
    body = message(0);
    ck_assert_str_eq(text_in(body, "request"), "info");
    ck_assert_str_eq(text_in(body, "secret"), SECRET);
    ck_assert_int_eq(json_integer_value(json_object_get(body, "id")), 42);
    json_decref(body);
    mountpoint = must_find();
    ck_assert(!mountpoint.is_pulled);
    ck_assert(!mountpoint.is_new);
    t_janus_stop();
}
END_TEST

START_TEST(one_of_others_is_found_too)
{
    static const char *const infos[] = {
        INFO("{\"id\":42}"),
        INFO("{\"id\":42,\"metadata\":\"other rtsp 1\",\"pin\":null}"),
        INFO("{\"id\":42,\"metadata\":\"\",\"media\":[]}"),
        INFO("{\"id\":42,\"metadata\":5,\"pin\":5,\"media\":5}"),
        INFO("{\"id\":42,\"metadata\":\"mod_cctv\",\"media\":[5]}"),
        INFO("{\"id\":42,\"media\":{\"0\":{\"age_ms\":5}}}")
    };
    cctv_mountpoint_t mountpoint;

    SERVE(ANSWER(infos[_i]));
    mountpoint = must_find();
    ck_assert(!mountpoint.is_pulled);
    ck_assert(!mountpoint.is_new);
    ck_assert_int_lt(mountpoint.age, 0);
    ck_assert_str_eq(mountpoint.pin, "");
    ck_assert(!cctv_mountpoint_is_stale(&mountpoint));
    t_janus_stop();
}
END_TEST

START_TEST(an_age_that_is_no_number_is_none)
{
    static const char *const infos[] = {
        INFO("{\"id\":42,\"media\":[{\"age_ms\":\"5\"}]}"),
        INFO("{\"id\":42,\"media\":[{\"age_ms\":null}]}"),
        INFO("{\"id\":42,\"media\":[{\"age_ms\":{}}]}")
    };

    SERVE(ANSWER(infos[_i]));
    ck_assert_int_lt(must_find().age, 0);
    t_janus_stop();
}
END_TEST

START_TEST(a_pin_that_is_too_long_is_cut_off)
{
    cctv_mountpoint_t mountpoint;

    SERVE(ANSWER(INFO("{\"id\":42,\"pin\":\"0123456789012345678901234567890123"
                      "456789012345678901234567890123456789\"}")));
    mountpoint = must_find();
    ck_assert_uint_eq(strlen(mountpoint.pin), CCTV_PIN_SIZE - 1);
    t_janus_stop();
}
END_TEST

/* The metadata contains no valid time. */
START_TEST(one_of_a_time_that_cannot_be_is_not_new)
{
    static const char *const infos[] = {
        INFO("{\"id\":42,\"metadata\":\"mod_cctv rtp \"}"),
        INFO("{\"id\":42,\"metadata\":\"mod_cctv rtp x\"}"),
        /* Far in the future, for example after a step of the wall clock. */
        INFO("{\"id\":42,\"metadata\":\"mod_cctv rtp 9223372036854775807\"}"),
        INFO("{\"id\":42,\"metadata\":\"mod_cctv rtp 99999999999\"}"),
        INFO("{\"id\":42,\"metadata\":\"mod_cctv rtp 5 another-boot\"}"),
        INFO("{\"id\":42,\"metadata\":\"mod_cctv rtp -9223372036854775808\"}"),
        INFO("{\"id\":42,\"metadata\":\"mod_cctv rtp "
             "-99999999999999999999\"}")
    };

    SERVE(ANSWER(infos[_i]));
    ck_assert(!must_find().is_new);
    t_janus_stop();
}
END_TEST

START_TEST(one_that_is_missing_is_told_from_janus_that_fails)
{
    static const struct {
        const char *answer;
        cctv_mountpoint_status_t result;
        cctv_janus_status_t status;
    } cases[] = {
        { NOT_DONE("455", "No such mountpoint"), CCTV_MOUNTPOINT_MISSING,
          CCTV_JANUS_REFUSED },
        { NOT_DONE("457", "Unauthorized"), CCTV_MOUNTPOINT_FAILED,
          CCTV_JANUS_REFUSED },
        { "garbage", CCTV_MOUNTPOINT_FAILED, CCTV_JANUS_WRONG },
        { SUCCESS, CCTV_MOUNTPOINT_FAILED, CCTV_JANUS_WRONG },
        { REPLY("[]"), CCTV_MOUNTPOINT_FAILED, CCTV_JANUS_WRONG },
        { REPLY("\"info\""), CCTV_MOUNTPOINT_FAILED, CCTV_JANUS_WRONG },
        { "{\"janus\":\"ack\"}", CCTV_MOUNTPOINT_FAILED, CCTV_JANUS_WRONG },
        { "{\"janus\":\"success\",\"plugindata\":5}", CCTV_MOUNTPOINT_FAILED,
          CCTV_JANUS_WRONG }
    };
    cctv_mountpoint_t mountpoint;
    cctv_janus_status_t status;

    SERVE(ANSWER(cases[_i].answer));
    ck_assert_int_eq(
        cctv_mountpoint_find(&session, &rules, 42, &mountpoint, &status),
        cases[_i].result);
    ck_assert_int_eq(status, cases[_i].status);
    t_janus_stop();
}
END_TEST

/* A mark in the old form, made before the wall clock was stepped back. */
START_TEST(one_made_before_the_wall_clock_was_stepped_back_is_not_new)
{
    SERVE(ANSWER(apr_psprintf(
        pool, INFO("{\"id\":42,\"metadata\":\"mod_cctv rtsp %ld %s\"}"),
        (long)time(NULL) + 3600, boot())));
    ck_assert(!must_find().is_new);
    t_janus_stop();
}
END_TEST

START_TEST(stale_is_what_has_had_time_enough)
{
    static const struct {
        cctv_mountpoint_t mountpoint;
        bool is_stale;
    } cases[] = { { { .age = 0 }, false },
                  { { .age = CCTV_MOUNTPOINT_STALE }, false },
                  { { .age = CCTV_MOUNTPOINT_STALE + 1 }, true },
                  { { .age = INT64_MAX, .is_new = true }, false },
                  { { .age = INT64_MAX, .is_pulled = true }, true },
                  { { .age = -1 }, false },
                  { { .age = -1, .is_pulled = true }, true },
                  { { .age = -1, .is_pulled = true, .is_new = true },
                    false } };

    ck_assert_int_eq(cctv_mountpoint_is_stale(&cases[_i].mountpoint),
                     cases[_i].is_stale);
}
END_TEST

/* ---- The list of mountpoints ---- */

typedef struct {
    cctv_mountpoint_t at[10];
    int count;
} listed_t;

static void add(void *listed_, const cctv_mountpoint_t *mountpoint)
{
    listed_t *listed = listed_;

    ck_assert_int_lt(listed->count, 10);
    listed->at[listed->count++] = *mountpoint;
}

#define LIST(entries) REPLY("{\"streaming\":\"list\",\"list\":" entries "}")

START_TEST(only_ours_are_listed)
{
    listed_t listed = { .count = 0 };
    json_t *body;

    SERVE(ANSWER(LIST(
        "[{\"id\":1,\"metadata\":\"mod_cctv rtp 5\","
        "\"media\":[{\"age_ms\":9},{\"age_ms\":1}]},"
        "{\"id\":2,\"metadata\":\"somebody else\"},{\"id\":3},"
        "{\"id\":4,\"metadata\":\"mod_cctv\"},"
        "{\"id\":5,\"metadata\":\"mod_cctv rtsp\"},"
        "{\"id\":6,\"metadata\":\" mod_cctv rtsp 5\"},"
        "{\"id\":2147483647,\"metadata\":\"mod_cctv rtsp 5\",\"media\":[]},"
        "{\"id\":8589934593,\"metadata\":\"mod_cctv rtsp 5\",\"media\":[]}"
        "]")));
    ck_assert_int_eq(cctv_mountpoint_list(&session, &rules, add, &listed),
                     CCTV_JANUS_OK);
    ck_assert_int_eq(listed.count, 3);
    ck_assert_int_eq(listed.at[2].camera, 1);
    ck_assert_int_eq(listed.at[2].id, cctv_mountpoint_id(1, true));
    ck_assert_int_eq(listed.at[0].id, 1);
    ck_assert_int_eq(listed.at[0].camera, 1);
    ck_assert(!listed.at[0].is_pulled);
    ck_assert_int_eq(listed.at[0].age, 9);
    ck_assert_int_eq(listed.at[1].camera, INT32_MAX);
    ck_assert(listed.at[1].is_pulled);
    ck_assert_int_lt(listed.at[1].age, 0);
    body = message(0);
    ck_assert_str_eq(text_in(body, "request"), "list");
    ck_assert_str_eq(text_in(body, "admin_key"), SECRET);
    json_decref(body);
    t_janus_stop();
}
END_TEST

START_TEST(what_cannot_be_a_camera_is_not_listed)
{
    static const char *const ids[] = { "0",
                                       "-1",
                                       "2147483648",
                                       "4294967297",
                                       "8589934592",
                                       "10737418240",
                                       "9223372036854775807",
                                       "\"42\"",
                                       "42.0",
                                       "null",
                                       "[42]" };
    listed_t listed = { .count = 0 };

    SERVE(ANSWER(apr_psprintf(
        pool, LIST("[{\"id\":%s,\"metadata\":\"mod_cctv rtp 5\"}]"),
        ids[_i])));
    ck_assert_int_eq(cctv_mountpoint_list(&session, &rules, add, &listed),
                     CCTV_JANUS_OK);
    ck_assert_int_eq(listed.count, 0);
    t_janus_stop();
}
END_TEST

START_TEST(a_list_that_is_none_has_nothing_in_it)
{
    static const char *const answers[] = { LIST("{}"), LIST("null"),
                                           LIST("\"x\""), LIST("[5,null,[]]"),
                                           SUCCESS };
    listed_t listed = { .count = 0 };

    SERVE(ANSWER(answers[_i]));
    cctv_mountpoint_list(&session, &rules, add, &listed);
    ck_assert_int_eq(listed.count, 0);
    t_janus_stop();
}
END_TEST

START_TEST(a_list_that_fails_is_told)
{
    listed_t listed = { .count = 0 };

    SERVE(ANSWER(NOT_DONE("457", "Unauthorized")), ANSWER("garbage"));
    ck_assert_int_eq(cctv_mountpoint_list(&session, &rules, add, &listed),
                     CCTV_JANUS_REFUSED);
    ck_assert_int_eq(cctv_mountpoint_list(&session, &rules, add, &listed),
                     CCTV_JANUS_WRONG);
    ck_assert_int_eq(listed.count, 0);
    t_janus_stop();
}
END_TEST

/* The list of thousands of cameras is longer than the buffer that a
 * connection keeps. */
START_TEST(a_long_list_is_read_to_its_end)
{
    enum {
        COUNT = 5000
    };
    char *list = apr_palloc(pool, COUNT * 64 + 200);
    char *at = list;
    listed_t listed = { .count = 0 };
    int i;

    at += sprintf(at, "%s",
                  "{\"janus\":\"success\",\"plugindata\":{\"data\":"
                  "{\"list\":[");
    for (i = 1; i < COUNT; i++) {
        at += sprintf(at, "{\"id\":%d,\"metadata\":\"other\"},", i);
    }
    sprintf(at, "%s", "{\"id\":7,\"metadata\":\"mod_cctv rtp 5\"}]}}}");
    SERVE(ANSWER(list), ANSWER(LIST("[]")));
    ck_assert_int_eq(cctv_mountpoint_list(&session, &rules, add, &listed),
                     CCTV_JANUS_OK);
    ck_assert_int_eq(listed.count, 1);
    cctv_janus_end(&session);
    ck_assert(cctv_janus_begin(janus, cctv_now() + 60 * SECOND, &session));
    ck_assert_int_eq(cctv_mountpoint_list(&session, &rules, add, &listed),
                     CCTV_JANUS_OK);
    ck_assert_int_eq(listed.count, 1);
    ck_assert_int_eq(t_janus_connections(), 1);
    t_janus_stop();
}
END_TEST

/* ---- Creating, watching, destroying ---- */

START_TEST(a_camera_is_described_to_janus)
{
    static const cctv_feed_t feeds[] = {
        { .url = "rtsp://192.0.2.1/a", .user = "u", .password = "p" },
        { .url = "rtp://239.1.2.3:5004" }
    };
    cctv_mountpoint_rules_t pinned = rules;
    cctv_janus_status_t status;
    const json_t *media;
    json_t *body;

    pinned.is_pinned = _i;
    SERVE(ANSWER(SUCCESS));
    ck_assert_int_eq(
        cctv_mountpoint_make(&session, &pinned, 42, &feeds[_i], &status),
        CCTV_MOUNTPOINT_OK);
    body = message(0);
    ck_assert_str_eq(text_in(body, "request"), "create");
    ck_assert_str_eq(text_in(body, "admin_key"), SECRET);
    ck_assert_str_eq(text_in(body, "secret"), SECRET);
    ck_assert(json_is_true(json_object_get(body, "is_private")));
    ck_assert_uint_eq(strlen(text_in(body, "pin")), _i ? 32 : 0);
    ck_assert_str_eq(text_in(body, "type"), _i ? "rtp" : "rtsp");
    ck_assert_str_eq(text_in(body, "url"), _i ? "" : feeds[0].url);
    ck_assert_int_eq(json_integer_value(json_object_get(body, "threads")),
                     _i ? 0 : 1);
    ck_assert_str_eq(text_in(body, "rtsp_user"), _i ? "" : "u");
    ck_assert_str_eq(text_in(body, "rtsp_pwd"), _i ? "" : "p");
    ck_assert_int_eq(strncmp(text_in(body, "metadata"),
                             _i ? "mod_cctv rtp " : "mod_cctv rtsp ",
                             _i ? 13 : 14),
                     0);
    media = json_array_get(json_object_get(body, "media"), 0);
    ck_assert_str_eq(text_in(media, "mcast"), _i ? "239.1.2.3" : "");
    ck_assert_str_eq(_i ? text_in(media, "fmtp") : text_in(body, "videofmtp"),
                     "profile-level-id=42e01f;packetization-mode=1");
    ck_assert(_i || json_is_true(json_object_get(body, "rtsp_quirk")));
    json_decref(body);
    t_janus_stop();
}
END_TEST

START_TEST(janus_is_told_the_codec)
{
    static const struct {
        cctv_codec_t codec;
        const char *name, *fmtp;
    } cases[] = {
        { CCTV_CODEC_UNKNOWN, "h264",
          "profile-level-id=42e01f;packetization-mode=1" },
        { CCTV_CODEC_H265, "h265",
          "level-id=120;profile-id=1;tier-flag=0;tx-mode=SRST" },
        { CCTV_CODEC_VP8, "vp8", "max-fs=8160;max-fr=60" },
        { CCTV_CODEC_VP9, "vp9", "profile-id=0" },
        { CCTV_CODEC_AV1, "av1", "level-idx=5;profile=0;tier=0" },
    };
    const cctv_feed_t pulled = { .url = "rtsp://192.0.2.1/a",
                                 .codec = cases[_i].codec };
    const cctv_feed_t pushed = { .url = "rtp://192.0.2.1:5004",
                                 .codec = cases[_i].codec };
    cctv_janus_status_t status;
    const json_t *media;
    json_t *body;

    SERVE(ANSWER(SUCCESS), ANSWER(SUCCESS));
    cctv_mountpoint_make(&session, &rules, 42, &pulled, &status);
    cctv_mountpoint_make(&session, &rules, 42, &pushed, &status);
    body = message(0);
    ck_assert_str_eq(text_in(body, "videofmtp"), cases[_i].fmtp);
    json_decref(body);
    body = message(1);
    media = json_array_get(json_object_get(body, "media"), 0);
    ck_assert_str_eq(text_in(media, "codec"), cases[_i].name);
    ck_assert_str_eq(text_in(media, "fmtp"), cases[_i].fmtp);
    json_decref(body);
    t_janus_stop();
}
END_TEST

START_TEST(janus_cannot_relay_every_codec)
{
    const cctv_feed_t feed = { .url = "rtsp://192.0.2.1/a",
                               .codec = CCTV_CODEC_MJPEG };
    cctv_janus_status_t status;

    SERVE(ANSWER(SUCCESS));
    ck_assert_int_eq(
        cctv_mountpoint_make(&session, &rules, 42, &feed, &status),
        CCTV_MOUNTPOINT_OFFLINE);
    ck_assert_int_eq(t_janus_connections(), 0);
    t_janus_stop();
}
END_TEST

START_TEST(each_stream_has_an_id)
{
    static const int32_t cameras[] = { 1, 42, INT32_MAX };
    size_t i;

    for (i = 0; i < 3; i++) {
        int64_t first = cctv_mountpoint_id(cameras[i], false);
        int64_t second = cctv_mountpoint_id(cameras[i], true);

        ck_assert_int_eq(first, cameras[i]);
        ck_assert_int_gt(second, INT64_C(4294967296) + 127);
        ck_assert_int_lt(second, INT64_C(1) << 53);
        ck_assert(!cctv_mountpoint_is_second(first));
        ck_assert(cctv_mountpoint_is_second(second));
        ck_assert_int_eq(cctv_mountpoint_camera(first), cameras[i]);
        ck_assert_int_eq(cctv_mountpoint_camera(second), cameras[i]);
    }
    ck_assert_int_eq(cctv_mountpoint_camera(INT64_C(4294967296) + 96), 0);
    ck_assert_int_eq(cctv_mountpoint_camera(CCTV_MOUNTPOINT_SECOND), 0);
    ck_assert_int_eq(cctv_mountpoint_camera(INT64_MIN), 0);
    ck_assert_int_eq(cctv_mountpoint_camera(INT64_MAX), 0);
}
END_TEST

START_TEST(one_that_cannot_be_made_is_told)
{
    static const struct {
        const char *url;
        const char *answer;
        cctv_mountpoint_status_t result;
    } cases[] = {
        { "rtsp://192.0.2.1/", NOT_DONE("456", "A stream already exists"),
          CCTV_MOUNTPOINT_BUSY },
        { "rtsp://192.0.2.1/", NOT_DONE("456", "Can't create mountpoint"),
          CCTV_MOUNTPOINT_OFFLINE },
        { "rtsp://192.0.2.1/", NOT_DONE("457", "Unauthorized"),
          CCTV_MOUNTPOINT_FAILED },
        { "rtsp://192.0.2.1/", "garbage", CCTV_MOUNTPOINT_FAILED },
        { "http://192.0.2.1/", NULL, CCTV_MOUNTPOINT_OFFLINE },
        { "rtp://[ff15::1]:5004", NULL, CCTV_MOUNTPOINT_OFFLINE }
    };
    const cctv_feed_t feed = { .url = cases[_i].url };
    cctv_janus_status_t status;

    SERVE(ANSWER(cases[_i].answer));
    ck_assert_int_eq(
        cctv_mountpoint_make(&session, &rules, 42, &feed, &status),
        cases[_i].result);
    ck_assert_int_eq(t_janus_connections(), cases[_i].answer != NULL);
    t_janus_stop();
}
END_TEST

#define OFFER(jsep)                                                           \
    "{\"janus\":\"event\",\"plugindata\":{\"data\":{}},\"jsep\":" jsep "}"

START_TEST(an_offer_is_watched_for)
{
    cctv_janus_status_t status;
    char *offer = NULL;
    json_t *body;

    SERVE(ANSWER("{\"janus\":\"ack\"}"),
          ANSWER(OFFER("{\"type\":\"offer\",\"sdp\":\"v=0\"}")));
    ck_assert_int_eq(
        cctv_mountpoint_watch(&session, 42, "pin", NULL, &offer, &status),
        CCTV_MOUNTPOINT_OK);
    ck_assert_str_eq(offer, "v=0");
    free(offer);
    body = message(0);
    ck_assert_str_eq(text_in(body, "request"), "watch");
    ck_assert_str_eq(text_in(body, "pin"), "pin");
    json_decref(body);
    t_janus_stop();
}
END_TEST

START_TEST(what_is_no_offer_is_told)
{
    static const struct {
        const char *event;
        cctv_mountpoint_status_t result;
    } cases[] = { { OFFER("null"), CCTV_MOUNTPOINT_FAILED },
                  { OFFER("{\"type\":\"answer\",\"sdp\":\"v=0\"}"),
                    CCTV_MOUNTPOINT_FAILED },
                  { OFFER("{\"type\":\"offer\"}"), CCTV_MOUNTPOINT_FAILED },
                  { OFFER("{\"type\":1,\"sdp\":[]}"), CCTV_MOUNTPOINT_FAILED },
                  { NOT_DONE("455", "gone"), CCTV_MOUNTPOINT_MISSING },
                  { NOT_DONE("452", "Can't offer an SDP"),
                    CCTV_MOUNTPOINT_BUSY },
                  { NOT_DONE("457", "Unauthorized"), CCTV_MOUNTPOINT_BUSY },
                  { NOT_DONE("499", "?"), CCTV_MOUNTPOINT_FAILED } };
    cctv_janus_status_t status;
    char *offer = NULL;

    SERVE(ANSWER("{\"janus\":\"ack\"}"), ANSWER(cases[_i].event));
    ck_assert_int_eq(
        cctv_mountpoint_watch(&session, 42, "", NULL, &offer, &status),
        cases[_i].result);
    ck_assert_ptr_null(offer);
    t_janus_stop();
}
END_TEST

START_TEST(an_answer_is_handed_on)
{
    json_t *request;
    const json_t *jsep;

    SERVE(ANSWER(SUCCESS));
    ck_assert_int_eq(cctv_mountpoint_answer(&session, "v=0\r\n"),
                     CCTV_JANUS_OK);
    request = t_janus_body(0);
    jsep = json_object_get(request, "jsep");
    ck_assert_str_eq(text_in(jsep, "type"), "answer");
    ck_assert_str_eq(text_in(jsep, "sdp"), "v=0\r\n");
    ck_assert(json_is_false(json_object_get(jsep, "trickle")));
    json_decref(request);
    t_janus_stop();
}
END_TEST

START_TEST(only_what_nobody_watches_is_destroyed)
{
    json_t *body;

    SERVE(ANSWER(INFO("{\"id\":42,\"viewers\":1}")),
          ANSWER(INFO("{\"id\":42,\"viewers\":0}")), ANSWER(SUCCESS));
    ck_assert_int_eq(cctv_mountpoint_destroy(&session, &rules, 42),
                     CCTV_JANUS_OK);
    ck_assert_int_eq(cctv_mountpoint_destroy(&session, &rules, 42),
                     CCTV_JANUS_OK);
    body = message(1);
    ck_assert_str_eq(text_in(body, "request"), "info");
    json_decref(body);
    body = message(2);
    ck_assert_str_eq(text_in(body, "request"), "destroy");
    ck_assert_str_eq(text_in(body, "secret"), SECRET);
    json_decref(body);
    t_janus_stop();
}
END_TEST

START_TEST(a_pin_is_changed_to_one_that_nobody_knows)
{
    json_t *one;
    json_t *two;

    SERVE(ANSWER(SUCCESS), ANSWER(SUCCESS));
    ck_assert_int_eq(cctv_mountpoint_change_pin(&session, &rules, 42),
                     CCTV_JANUS_OK);
    ck_assert_int_eq(cctv_mountpoint_change_pin(&session, &rules, 42),
                     CCTV_JANUS_OK);
    one = message(0);
    two = message(1);
    ck_assert_str_eq(text_in(one, "request"), "edit");
    ck_assert_uint_eq(strlen(text_in(one, "new_pin")), 32);
    ck_assert_str_ne(text_in(one, "new_pin"), text_in(two, "new_pin"));
    json_decref(one);
    json_decref(two);
    t_janus_stop();
}
END_TEST

TCase *mountpoint_tests(void)
{
    TCase *tc = tcase_create("mountpoint");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, one_of_ours_is_found);
    tcase_add_loop_test(tc, another_codec_is_noticed, 0, 7);
    tcase_add_loop_test(tc, one_of_others_is_found_too, 0, 6);
    tcase_add_loop_test(tc, an_age_that_is_no_number_is_none, 0, 3);
    tcase_add_test(tc, a_pin_that_is_too_long_is_cut_off);
    tcase_add_loop_test(tc, one_of_a_time_that_cannot_be_is_not_new, 0, 7);
    tcase_add_test(tc,
                   one_made_before_the_wall_clock_was_stepped_back_is_not_new);
    tcase_add_loop_test(tc, one_that_is_missing_is_told_from_janus_that_fails,
                        0, 8);
    tcase_add_loop_test(tc, stale_is_what_has_had_time_enough, 0, 8);
    tcase_add_test(tc, only_ours_are_listed);
    tcase_add_loop_test(tc, what_cannot_be_a_camera_is_not_listed, 0, 11);
    tcase_add_loop_test(tc, a_list_that_is_none_has_nothing_in_it, 0, 5);
    tcase_add_test(tc, a_list_that_fails_is_told);
    tcase_add_test(tc, a_long_list_is_read_to_its_end);
    tcase_add_loop_test(tc, a_camera_is_described_to_janus, 0, 2);
    tcase_add_loop_test(tc, janus_is_told_the_codec, 0, 5);
    tcase_add_test(tc, janus_cannot_relay_every_codec);
    tcase_add_test(tc, each_stream_has_an_id);
    tcase_add_loop_test(tc, one_that_cannot_be_made_is_told, 0, 6);
    tcase_add_test(tc, an_offer_is_watched_for);
    tcase_add_loop_test(tc, what_is_no_offer_is_told, 0, 8);
    tcase_add_test(tc, an_answer_is_handed_on);
    tcase_add_test(tc, only_what_nobody_watches_is_destroyed);
    tcase_add_test(tc, a_pin_is_changed_to_one_that_nobody_knows);
    return tc;
}
