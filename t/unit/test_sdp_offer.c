/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"
#include "t_sdp.h"

#include "sdp/rewrite.h"

#include "apr_strings.h"

#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

static cctv_sdp_offer_t offer;

static cctv_sdp_fault_t read_codec(cctv_slice_t text, cctv_codec_t codec)
{
    cctv_sdp_fault_t fault = cctv_sdp_offer_read(text.at, text.len, &offer);

    return fault == CCTV_SDP_OK && !cctv_sdp_offer_choose(&offer, codec, 0x4D)
               ? CCTV_SDP_NO_CODEC
               : fault;
}

static cctv_sdp_fault_t read_text(cctv_slice_t text)
{
    return read_codec(text, CCTV_CODEC_H264);
}

/* What is chosen from the offers of real players. */
static const struct {
    const char *name;
    int video;
    int payload_type;
    int rtx;
    const char *profile;
} players[] = {
    { "offer/chromium_video", 0, 116, 117, "4d001f" },
    { "offer/chromium_video_audio", 0, 116, 117, "4d001f" },
    { "offer/chromium_audio_video_data_max_bundle", 1, 116, 117, "4d001f" },
    { "offer/chromium_max_compat", 1, 116, 117, "4d001f" },
    { "offer/chromium_sendrecv", 0, -2, -2, NULL },
    { "offer/reader_js", 0, 116, 117, "4d001f" },
    { "offer/firefox", 0, 126, 127, "42e01f" },
    { "offer/gstreamer", 1, 96, 98, NULL },
    { "offer/pion_no_mid", 0, 125, -1, "42001f" },
};

START_TEST(chooses_of_a_real_player)
{
    const cctv_sdp_format_t *format = &offer.peer.format;

    ck_assert_int_eq(read_text(t_sdp(players[_i].name)), CCTV_SDP_OK);
    ck_assert_int_eq(offer.video, players[_i].video);
    if (players[_i].payload_type >= 0) {
        ck_assert_int_eq(format->payload_type, players[_i].payload_type);
        ck_assert_int_eq(format->rtx, players[_i].rtx);
    }
    if (players[_i].profile != NULL) {
        ck_assert(
            cctv_slice_is(cctv_sdp_parameter(format->fmtp, "profile-level-id"),
                          players[_i].profile));
    }
}
END_TEST

/* The answer to Chromium's offer has exactly these lines. */
START_TEST(answers_a_player)
{
    ck_assert_int_eq(read_text(t_sdp("offer/chromium_video")), CCTV_SDP_OK);
    ck_assert_str_eq(
        cctv_sdp_answer_for_player(
            pool, &offer, t_janus_sdp(T_JANUS("actpass", "116", "117"))),
        "v=0\r\n"
        "o=- 1764222333444555 1 IN IP4 127.0.0.1\r\n"
        "s=-\r\n"
        "t=0 0\r\n"
        "a=group:BUNDLE 0\r\n"
        "a=msid-semantic: WMS *\r\n"
        "m=video 9 UDP/TLS/RTP/SAVPF 116 117\r\n"
        "c=IN IP4 0.0.0.0\r\n"
        "a=mid:0\r\n"
        "a=sendonly\r\n"
        "a=rtcp-mux\r\n"
        "a=ice-ufrag:Jnus\r\n"
        "a=ice-pwd:b2RqfDINyDlSlecynyiJE2\r\n"
        "a=fingerprint:sha-256 " T_FINGERPRINT "\r\n"
        "a=setup:active\r\n"
        "a=rtpmap:116 H264/90000\r\n"
        "a=fmtp:116 level-asymmetry-allowed=1;packetization-mode=1;"
        "profile-level-id=4d001f\r\n"
        "a=rtcp-fb:116 nack\r\n"
        "a=rtcp-fb:116 nack pli\r\n"
        "a=rtcp-fb:116 ccm fir\r\n"
        "a=rtcp-fb:116 goog-remb\r\n"
        "a=rtpmap:117 rtx/90000\r\n"
        "a=fmtp:117 apt=116\r\n"
        "a=ssrc-group:FID 4052671724 1733223\r\n"
        "a=msid:janus janusv\r\n"
        "a=ssrc:4052671724 cname:janus\r\n"
        "a=ssrc:1733223 cname:janus\r\n"
        "a=candidate:1 1 udp 2015363327 192.0.2.2 44208 typ host\r\n"
        "a=candidate:2 1 udp 1679819007 198.51.100.7 44208 typ srflx "
        "raddr 0.0.0.0 rport 0\r\n"
        "a=end-of-candidates\r\n");
}
END_TEST

/* Nothing of Janus but the mid and the payload type is in Janus's answer. */
START_TEST(answers_janus)
{
    ck_assert_int_eq(read_text(t_sdp("offer/gstreamer")), CCTV_SDP_OK);
    ck_assert_str_eq(cctv_sdp_answer_for_janus(pool, &offer.peer,
                                               cctv_slice("v"), 96, true),
                     "v=0\r\n"
                     "o=- 1 1 IN IP4 127.0.0.1\r\n"
                     "s=-\r\n"
                     "t=0 0\r\n"
                     "a=group:BUNDLE v\r\n"
                     "m=video 9 UDP/TLS/RTP/SAVPF 96 98\r\n"
                     "c=IN IP4 0.0.0.0\r\n"
                     "a=mid:v\r\n"
                     "a=recvonly\r\n"
                     "a=rtcp-mux\r\n"
                     "a=ice-ufrag:9yFyBzyTpgQzdW0IA0pFyNW8XZwNGIGz\r\n"
                     "a=ice-pwd:sfq/+7xmCz6IGMUSrsJQsvwwNgW2kzYN\r\n"
                     "a=fingerprint:sha-256 "
                     "A1:A1:A1:A1:A1:A1:A1:A1:A1:A1:A1:A1:A1:A1:A1:A1:"
                     "A1:A1:A1:A1:A1:A1:A1:A1:A1:A1:A1:A1:A1:A1:A1:B2\r\n"
                     "a=setup:passive\r\n"
                     "a=rtpmap:96 H264/90000\r\n"
                     "a=rtcp-fb:96 nack\r\n"
                     "a=rtcp-fb:96 nack pli\r\n"
                     "a=rtcp-fb:96 ccm fir\r\n"
                     "a=rtpmap:98 rtx/90000\r\n"
                     "a=fmtp:98 apt=96\r\n");
}
END_TEST

static bool has(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

START_TEST(offers_to_janus_without_rtx)
{
    const char *text;

    ck_assert_int_eq(read_text(t_sdp("offer/chromium_video")), CCTV_SDP_OK);
    text = cctv_sdp_offer_for_janus(pool, &offer);
    ck_assert(has(text, "m=video 9 UDP/TLS/RTP/SAVPF 116\r\n"));
    ck_assert(has(text, "a=mid:0\r\n"));
    ck_assert(has(text, "a=setup:actpass\r\n"));
    ck_assert(!has(text, "rtx") && !has(text, "candidate"));
    t_assert_ours(text);
    ck_assert_int_eq(read_text(t_sdp("offer/pion_no_mid")), CCTV_SDP_OK);
    text = cctv_sdp_offer_for_janus(pool, &offer);
    ck_assert(has(text, "a=mid:0\r\n") && has(text, "a=setup:active\r\n"));
}
END_TEST

/* Janus 1.1.4 answers without rtx, so the player must not expect it. */
START_TEST(passes_on_the_answer_of_janus)
{
    const char *janus = t_replace(cctv_slice(T_JANUS("active", "116", "117")),
                                  "a=fmtp:117 apt=116\r\n", "")
                            .at;
    const char *text;

    ck_assert_int_eq(read_text(t_sdp("offer/chromium_video")), CCTV_SDP_OK);
    text = cctv_sdp_answer_for_player(pool, &offer, t_janus_sdp(janus));
    ck_assert(has(text, "m=video 9 UDP/TLS/RTP/SAVPF 116\r\n"));
    ck_assert(has(text, "a=setup:active\r\n"));
    ck_assert(!has(text, "rtx") && !has(text, "FID"));
}
END_TEST

/* Who is the DTLS client: what the player offers, what Janus says, what the
 * player and Janus get. */
static const struct {
    const char *player;
    const char *janus;
    const char *for_player;
    const char *for_janus;
} setups[] = {
    { "actpass", "actpass", "active", "passive" },
    { "active", "actpass", "passive", "active" },
    { "passive", "actpass", "active", "passive" },
    { "actpass", "active", "active", NULL },
    { "actpass", "passive", "passive", NULL },
    { "active", "active", NULL, NULL },
    { "passive", "passive", NULL, NULL },
};

START_TEST(decides_who_is_the_dtls_client)
{
    const char *text;
    cctv_slice_t player = t_replace(
        t_sdp("offer/chromium_video"), "a=setup:actpass",
        apr_pstrcat(pool, "a=setup:", setups[_i].player, NULL));
    cctv_slice_t janus = t_replace(
        cctv_slice(T_JANUS("actpass", "116", "117")), "a=setup:actpass",
        apr_pstrcat(pool, "a=setup:", setups[_i].janus, NULL));

    ck_assert_int_eq(read_text(player), CCTV_SDP_OK);
    text = cctv_sdp_answer_for_player(pool, &offer, t_janus_sdp(janus.at));
    ck_assert_int_eq(text == NULL, setups[_i].for_player == NULL);
    ck_assert(text == NULL
              || has(text, apr_pstrcat(pool, "a=setup:", setups[_i].for_player,
                                       "\r\n", NULL)));
    text = cctv_sdp_answer_for_janus(pool, &offer.peer, cctv_slice("v"), 116,
                                     true);
    ck_assert(setups[_i].for_janus == NULL
              || has(text, apr_pstrcat(pool, "a=setup:", setups[_i].for_janus,
                                       "\r\n", NULL)));
}
END_TEST

/* The rejected sections of an answer, in the order of the offer. */
START_TEST(rejects_other_sections)
{
    const char *text;
    const char *rest;
    int transports = 0;

    ck_assert_int_eq(read_text(t_sdp("offer/reader_js")), CCTV_SDP_OK);
    text = cctv_sdp_answer_for_player(
        pool, &offer, t_janus_sdp(T_JANUS("actpass", "116", "117")));
    ck_assert(has(text, "a=group:BUNDLE 0\r\n"));
    ck_assert(has(text, "\r\nm=audio 0 UDP/TLS/RTP/SAVPF 111 "));
    ck_assert(has(text, "\r\na=mid:1\r\n") && has(text, "\r\na=mid:2\r\n"));
    ck_assert(has(text, "\r\nm=application 0 UDP/DTLS/SCTP "
                        "webrtc-datachannel\r\n"));
    for (rest = text; (rest = strstr(rest, "a=fingerprint:")) != NULL;
         rest++) {
        transports++;
    }
    ck_assert_int_eq(transports, 3);
    /* Two candidates, of the video only. */
    rest = strstr(text, "m=audio");
    ck_assert(!has(rest, "candidate"));
    t_assert_ours(text);
}
END_TEST

/* Chromium with max-bundle has no video if the section before it is rejected,
 * and ICE never starts if that section has no candidates. */
START_TEST(keeps_a_section_before_the_video)
{
    const char *text;

    ck_assert_int_eq(
        read_text(t_sdp("offer/chromium_audio_video_data_max_bundle")),
        CCTV_SDP_OK);
    text = cctv_sdp_answer_for_player(
        pool, &offer, t_janus_sdp(T_JANUS("actpass", "116", "117")));
    ck_assert(has(text, "a=group:BUNDLE 0 1\r\n"));
    ck_assert(has(text, "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
                        "c=IN IP4 0.0.0.0\r\n"
                        "a=rtcp-mux\r\n"
                        "a=rtpmap:111 opus/48000/2\r\n"
                        "a=mid:0\r\n"));
    ck_assert(has(text, "a=inactive\r\na=candidate:1 1 udp "));
    ck_assert(has(text, "m=application 0 "));
    t_assert_ours(text);
}
END_TEST

START_TEST(does_not_keep_a_rejected_section)
{
    const char *text;
    cctv_slice_t sdp = t_replace(t_sdp("offer/gstreamer"), "m=audio 9",
                                 "m=audio 0");

    ck_assert_int_eq(read_text(sdp), CCTV_SDP_OK);
    text = cctv_sdp_answer_for_player(
        pool, &offer, t_janus_sdp(T_JANUS("actpass", "96", "98")));
    ck_assert(has(text, "a=group:BUNDLE video1\r\n"));
    ck_assert(has(text, "m=audio 0 UDP/TLS/RTP/SAVPF 97\r\n"));
}
END_TEST

/* A bundle-only section has its transport in the first of its group. */
START_TEST(finds_the_transport_of_the_group)
{
    cctv_slice_t text = t_replace(t_sdp("offer/gstreamer"),
                                  "a=bundle-only\r\n", "");
    const char *video = strstr(text.at, "m=video");
    cctv_slice_t head = { text.at, (size_t)(video - text.at) };
    cctv_slice_t rest = t_replace(cctv_slice(video), "a=ice-", "a=x-");

    rest = t_replace(rest, "a=fingerprint", "a=x-fingerprint");
    rest = t_replace(rest, "m=video 0", "m=video 9");
    text = cctv_slice(apr_pstrcat(pool, apr_pstrndup(pool, head.at, head.len),
                                  rest.at, NULL));
    ck_assert_int_eq(read_text(text), CCTV_SDP_OK);
    ck_assert(cctv_slice_starts(offer.peer.transport.ufrag, "9yFy"));
    text = t_replace(text, "a=group:BUNDLE audio0 video1", "a=x:y");
    ck_assert_int_eq(read_text(text), CCTV_SDP_BAD_ICE);
}
END_TEST

#define S "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
#define T                                                                     \
    "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n"                \
    "a=fingerprint:sha-256 " T_FINGERPRINT "\r\na=setup:actpass\r\n"
#define M "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n"
#define H "a=rtpmap:96 H264/90000\r\n"

static const struct {
    const char *text;
    cctv_sdp_fault_t fault;
} faults[] = {
    { S M H T, CCTV_SDP_OK },
    { S T M H, CCTV_SDP_OK },
    { "", CCTV_SDP_NOT_SDP },
    { "{}", CCTV_SDP_NOT_SDP },
    { "v=0\r" M H T, CCTV_SDP_NOT_SDP },
    { S "a\r\n" M H T, CCTV_SDP_BAD_LINE },
    { S "a=\x01\r\n" M H T, CCTV_SDP_BAD_LINE },
    { S "a=x\ra=y\r\n" M H T, CCTV_SDP_BAD_LINE },
    { S M H T "a=x\r", CCTV_SDP_BAD_LINE },
    { S "m=video 9 UDP/TLS/RTP/SAVPF\r\n" H T, CCTV_SDP_BAD_SECTION },
    { S "m=video 9 UDP/TLS/RTP/SAVPF  96\r\n" H T, CCTV_SDP_BAD_SECTION },
    { S "m=video 65536 UDP/TLS/RTP/SAVPF 96\r\n" H T, CCTV_SDP_BAD_SECTION },
    { S "m=video 9/2 UDP/TLS/RTP/SAVPF 96\r\n" H T, CCTV_SDP_BAD_SECTION },
    { S "m=video 9 UDP\xC3\xA4 96\r\n" H T, CCTV_SDP_BAD_SECTION },
    { S M H T "a=mid:0\r\na=mid:1\r\n", CCTV_SDP_BAD_SECTION },
    { S M H T "a=mid:0 1\r\n", CCTV_SDP_BAD_SECTION },
    { S M H T "a=mid:<b>\"\r\n", CCTV_SDP_BAD_SECTION },
    { S M H T "a=mid:0\r\n" M "a=mid:0\r\n", CCTV_SDP_BAD_SECTION },
    { S "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" T, CCTV_SDP_NO_VIDEO },
    { S, CCTV_SDP_NO_VIDEO },
    { S M H T "a=sendonly\r\n", CCTV_SDP_NO_VIDEO },
    { S M H T "a=inactive\r\n", CCTV_SDP_NO_VIDEO },
    { S "a=inactive\r\n" M H T, CCTV_SDP_NO_VIDEO },
    { S "a=inactive\r\n" M H T "a=recvonly\r\n", CCTV_SDP_OK },
    { S "m=video 0 UDP/TLS/RTP/SAVPF 96\r\n" H T, CCTV_SDP_NO_VIDEO },
    { S "m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=bundle-only\r\n" H T,
      CCTV_SDP_OK },
    { S "m=video 9 RTP/AVP 96\r\n" H T, CCTV_SDP_NOT_WEBRTC },
    { S M T, CCTV_SDP_NO_CODEC },
    { S M "a=rtpmap:96 VP8/90000\r\n" T, CCTV_SDP_NO_CODEC },
    { S M "a=rtpmap:96 H264/8000\r\n" T, CCTV_SDP_NO_CODEC },
    { S M "a=rtpmap:97 H264/90000\r\n" T, CCTV_SDP_NO_CODEC },
    { S M H "a=fmtp:96 packetization-mode=2\r\n" T, CCTV_SDP_NO_CODEC },
    { S "m=video 9 UDP/TLS/RTP/SAVPF 128\r\na=rtpmap:128 H264/90000\r\n" T,
      CCTV_SDP_NO_CODEC },
    { S M H "a=ice-ufrag:abc\r\n" T, CCTV_SDP_BAD_ICE },
    { S M H "a=ice-ufrag:ab d\r\n" T, CCTV_SDP_BAD_ICE },
    { S M H "a=ice-ufrag:ab-d\r\n" T, CCTV_SDP_BAD_ICE },
    { S M H "a=ice-pwd:abcdefghijklmnopqrstu\r\n" T, CCTV_SDP_BAD_ICE },
    { S "a=ice-pwd:abcdefghijklmnopqrstuv\r\n" M H "a=ice-ufrag:abcd\r\n",
      CCTV_SDP_BAD_ICE },
    { S M H "a=fingerprint:sha-256 00\r\n" T, CCTV_SDP_BAD_FINGERPRINT },
    { S M H "a=fingerprint:sha-256 " T_FINGERPRINT ":00\r\n" T,
      CCTV_SDP_BAD_FINGERPRINT },
    { S M H "a=fingerprint:sha-1 00\r\n" T, CCTV_SDP_OK },
    { S M H "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n",
      CCTV_SDP_BAD_FINGERPRINT },
    { S M H "a=setup:holdconn\r\n" T, CCTV_SDP_BAD_SETUP },
    { S M H "a=setup:Active\r\n" T, CCTV_SDP_BAD_SETUP },
};

START_TEST(names_what_is_wrong)
{
    ck_assert_int_eq(read_text(cctv_slice(faults[_i].text)), faults[_i].fault);
    ck_assert_int_eq(cctv_sdp_sentence(faults[_i].fault)[0] == '\0',
                     faults[_i].fault == CCTV_SDP_OK);
}
END_TEST

START_TEST(refuses_a_nul)
{
    static const char text[] = S "a=x\0y\r\n" M H T;

    ck_assert_int_eq(read_text((cctv_slice_t){ text, sizeof text - 1 }),
                     CCTV_SDP_BAD_LINE);
}
END_TEST

static const char *repeat(const char *text, int count)
{
    const char *out = "";

    for (; count > 0; count--) {
        out = apr_pstrcat(pool, out, text, NULL);
    }
    return out;
}

START_TEST(has_limits)
{
    const char *audio = "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n";
    const char *video = S M H T;
    char *line = apr_palloc(pool, CCTV_SDP_MAX_BYTES + 2);

    ck_assert_int_eq(read_text(cctv_slice(
                         apr_pstrcat(pool, video, repeat(audio, 31), NULL))),
                     CCTV_SDP_OK);
    ck_assert_int_eq(read_text(cctv_slice(
                         apr_pstrcat(pool, video, repeat(audio, 32), NULL))),
                     CCTV_SDP_TOO_MANY_SECTIONS);
    memset(line, 'x', CCTV_SDP_MAX_BYTES + 1);
    line[CCTV_SDP_MAX_BYTES + 1] = '\0';
    memcpy(line, "v=0\n", 4);
    ck_assert_int_eq(read_text(cctv_slice(line)), CCTV_SDP_TOO_LARGE);
    memcpy(line, "a=xx", 4);
    line[CCTV_SDP_MAX_LINE] = '\0';
    ck_assert_int_eq(
        read_text(cctv_slice(apr_pstrcat(pool, video, line, NULL))),
        CCTV_SDP_OK);
    ck_assert_int_eq(
        read_text(cctv_slice(apr_pstrcat(pool, video, line, "x", NULL))),
        CCTV_SDP_BAD_LINE);
    memcpy(line, "v=0\n", 4);
    for (int i = 1; i <= CCTV_SDP_MAX_LINES; i++) {
        memcpy(line + 4 * i, "a=x\n", 4);
    }
    ck_assert_int_eq(
        cctv_sdp_offer_read(line, 4 + 4 * CCTV_SDP_MAX_LINES, &offer),
        CCTV_SDP_TOO_MANY_LINES);
}
END_TEST

/* The formats of an offer, and which of them a camera gets. */
static const struct {
    const char *formats;
    int profile;
    int payload_type;
} choices[] = {
    { "101 m=1 p=42e01f, 102 m=1 p=4d001f, 103 m=1 p=64001f", 0x4D, 102 },
    { "101 m=1 p=42e01f, 102 m=1 p=4d001f, 103 m=1 p=64001f", 0x64, 103 },
    { "101 m=1 p=42e01f, 102 m=1 p=4d001f", 0x64, 101 },
    { "101 m=1 p=4d001f, 102 m=1 p=42e01f", 0, 102 },
    { "101 m=0 p=4d001f, 102 m=1 p=640c1f", 0x4D, 102 },
    { "101 m=0 p=42e01f", 0x4D, 101 },
    { "101 m=1 p=64001f", 0x42, 101 },
    { "101 m=1 p=F4001F, 102 m=1 p=42E01F", 0x4D, 102 },
};

START_TEST(chooses_the_nearest_profile)
{
    const char *text = S "m=video 9 UDP/TLS/RTP/SAVPF 101 102 103\r\n" T;
    char *state;
    char *each = apr_strtok(apr_pstrdup(pool, choices[_i].formats), ",",
                            &state);

    for (; each != NULL; each = apr_strtok(NULL, ",", &state)) {
        char *rest;
        char *number = apr_strtok(each, " ", &rest);
        char *mode = apr_strtok(NULL, " ", &rest) + 2;
        char *profile = apr_strtok(NULL, " ", &rest) + 2;

        text = apr_pstrcat(pool, text, "a=rtpmap:", number,
                           " H264/90000\r\na=fmtp:", number,
                           " Packetization-Mode=", mode,
                           "; profile-level-id=", profile, "\r\n", NULL);
    }
    ck_assert_int_eq(cctv_sdp_offer_read(text, strlen(text), &offer),
                     CCTV_SDP_OK);
    ck_assert(
        cctv_sdp_offer_choose(&offer, CCTV_CODEC_H264, choices[_i].profile));
    ck_assert_int_eq(offer.peer.format.payload_type, choices[_i].payload_type);
}
END_TEST

START_TEST(tells_which_codecs_a_viewer_plays)
{
    ck_assert_int_eq(cctv_sdp_offer_read("x", 1, &offer), CCTV_SDP_NOT_SDP);
    ck_assert_uint_eq(offer.codecs, 0);
    ck_assert_int_eq(
        read_codec(t_sdp("offer/firefox_debian"), CCTV_CODEC_H264),
        CCTV_SDP_NO_CODEC);
    ck_assert(cctv_sdp_fault_is_of_codec(CCTV_SDP_NO_CODEC));
    ck_assert_uint_eq(offer.codecs, CCTV_CODEC_BIT(CCTV_CODEC_VP8)
                                        | CCTV_CODEC_BIT(CCTV_CODEC_VP9));
    ck_assert_int_eq(
        read_codec(t_sdp("offer/chromium_video"), CCTV_CODEC_H265),
        CCTV_SDP_NO_CODEC);
    ck_assert_int_eq(read_codec(t_sdp("offer/chromium_video"), CCTV_CODEC_AV1),
                     CCTV_SDP_OK);
    ck_assert_int_eq(offer.peer.format.payload_type, 45);
    ck_assert(has(cctv_sdp_offer_for_janus(pool, &offer),
                  "a=rtpmap:45 AV1/90000\r\n"));
}
END_TEST

/* What is known to no codec is not passed on, nor is an odd value. */
START_TEST(passes_on_known_parameters_only)
{
    const char *text = S M H T
        "a=fmtp:96 sprop-parameter-sets=Z0IA,aM4=;x-evil=1;"
        "profile-level-id=42e01f;packetization-mode=1;"
        "level-asymmetry-allowed=<script>\r\n"
        "a=rtcp-fb:96 nack sli\r\na=rtcp-fb:* nack\r\n"
        "a=rtcp-fb:97 nack pli\r\na=extmap:1 urn:x\r\n";

    ck_assert_int_eq(read_text(cctv_slice(text)), CCTV_SDP_OK);
    text = cctv_sdp_answer_for_player(
        pool, &offer, t_janus_sdp(T_JANUS("actpass", "96", "97")));
    ck_assert(has(text, "a=fmtp:96 profile-level-id=42e01f;"
                        "packetization-mode=1\r\na=rtcp-fb:96 nack\r\n"
                        "a=msid:janus"));
}
END_TEST

/* ---- Every line deleted, doubled, changed ---- */

static const char *const evil[] = {
    "a=candidate:1 1 udp 1 10.0.0.1 9 typ host",
    "a=candidate:1 1 udp 1 evil\"<b> 9 typ host",
    "a=ice-ufrag:ab\tcd",
    "a=ice-ufrag:<script>",
    "a=fingerprint:sha-256 evil",
    "a=mid:evil evil",
    "a=group:BUNDLE evil/ \xFF",
    "a=rtpmap:96 evil;evil/90000",
    "a=fmtp:96 profile-level-id=\"evil\"",
    "m=evil/evil 9 x y",
    "m=evil 0 UDP/TLS/RTP/SAVPF evil",
    "o=evil evil evil IN IP4 evil",
    "a=ssrc:evil cname:evil",
    "evil",
};

static int accepted;

static void try_text(const char *text)
{
    const cctv_janus_sdp_t *janus = t_janus_sdp(
        T_JANUS("actpass", "96", "97"));
    const char *out;

    if (read_text(cctv_slice(text)) != CCTV_SDP_OK) {
        return;
    }
    accepted++;
    out = cctv_sdp_answer_for_player(pool, &offer, janus);
    t_assert_ours(out);
    out = cctv_sdp_answer_for_janus(pool, &offer.peer, janus->peer.mid, 96,
                                    true);
    t_assert_ours(out);
    ck_assert(!has(out, "a=candidate") && !has(out, "evil"));
    out = cctv_sdp_offer_for_janus(pool, &offer);
    t_assert_ours(out);
    ck_assert(!has(out, "a=candidate") && !has(out, "evil"));
}

/* Try the text with another text for the line at `line`. */
static void try_instead(const char *text, const char *line, const char *end,
                        const char *other)
{
    apr_pool_t *parent = pool;

    apr_pool_create(&pool, parent);
    try_text(apr_pstrcat(pool, apr_pstrndup(pool, text, (size_t)(line - text)),
                         other, end, NULL));
    apr_pool_destroy(pool);
    pool = parent;
}

START_TEST(survives_every_changed_line)
{
    const char *text = t_sdp(players[_i].name).at;
    const char *line;
    const char *end;
    int i;

    accepted = 0;
    for (line = text; *line != '\0'; line = end) {
        size_t len = strcspn(line, "\n") + 1;
        char *own = apr_pstrndup(pool, line, len);
        size_t at;

        end = line + len;
        try_instead(text, line, end, "");
        try_instead(text, line, end, apr_pstrcat(pool, own, own, NULL));
        for (i = 0; i < COUNT(evil); i++) {
            const char *other = apr_pstrcat(pool, evil[i], "\r\n", NULL);

            try_instead(text, line, end, other);
            try_instead(text, line, end, apr_pstrcat(pool, other, own, NULL));
        }
        for (at = 0; at + 2 < len; at += 3) {
            char c = own[at];

            own[at] = '"';
            try_instead(text, line, end, own);
            own[at] = c;
            try_instead(
                text, line, end,
                apr_pstrcat(pool, apr_pstrndup(pool, own, at), "\r\n", NULL));
        }
    }
    ck_assert_int_gt(accepted, 100);
}
END_TEST

TCase *sdp_offer_tests(void)
{
    TCase *tc = tcase_create("sdp_offer");

    tcase_set_timeout(tc, 30);
    tcase_add_loop_test(tc, chooses_of_a_real_player, 0, COUNT(players));
    tcase_add_test(tc, answers_a_player);
    tcase_add_test(tc, answers_janus);
    tcase_add_test(tc, offers_to_janus_without_rtx);
    tcase_add_test(tc, passes_on_the_answer_of_janus);
    tcase_add_loop_test(tc, decides_who_is_the_dtls_client, 0, COUNT(setups));
    tcase_add_test(tc, rejects_other_sections);
    tcase_add_test(tc, keeps_a_section_before_the_video);
    tcase_add_test(tc, does_not_keep_a_rejected_section);
    tcase_add_test(tc, finds_the_transport_of_the_group);
    tcase_add_loop_test(tc, names_what_is_wrong, 0, COUNT(faults));
    tcase_add_test(tc, refuses_a_nul);
    tcase_add_test(tc, has_limits);
    tcase_add_loop_test(tc, chooses_the_nearest_profile, 0, COUNT(choices));
    tcase_add_test(tc, tells_which_codecs_a_viewer_plays);
    tcase_add_test(tc, passes_on_known_parameters_only);
    tcase_add_loop_test(tc, survives_every_changed_line, 0, COUNT(players));
    return tc;
}
