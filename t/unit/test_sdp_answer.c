/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"
#include "t_sdp.h"

#include "sdp/answer.h"
#include "sdp/rewrite.h"

#include "apr_strings.h"

#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

static cctv_sdp_peer_t peer;

static cctv_sdp_fault_t read_text(cctv_slice_t text)
{
    return cctv_sdp_answer_read(text.at, text.len, CCTV_CODEC_H264, 96, &peer);
}

/* Our offer: our format, whatever the mountpoint announces, and setup:active,
 * so that the browser answers setup:passive. */
START_TEST(offers_our_format)
{
    const char *text = cctv_sdp_offer_for_browser(
        pool, t_janus_sdp(T_JANUS("actpass", "96", "97")));

    ck_assert_str_eq(
        text, "v=0\r\n"
              "o=- 1764222333444555 1 IN IP4 127.0.0.1\r\n"
              "s=-\r\n"
              "t=0 0\r\n"
              "a=group:BUNDLE v\r\n"
              "a=msid-semantic: WMS janus\r\n"
              "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n"
              "c=IN IP4 0.0.0.0\r\n"
              "a=mid:v\r\n"
              "a=sendonly\r\n"
              "a=rtcp-mux\r\n"
              "a=ice-ufrag:Jnus\r\n"
              "a=ice-pwd:b2RqfDINyDlSlecynyiJE2\r\n"
              "a=fingerprint:sha-256 " T_FINGERPRINT "\r\n"
              "a=setup:active\r\n"
              "a=rtpmap:96 H264/90000\r\n"
              "a=fmtp:96 profile-level-id=42e01f;packetization-mode=1\r\n"
              "a=rtcp-fb:96 nack\r\n"
              "a=rtcp-fb:96 nack pli\r\n"
              "a=rtcp-fb:96 ccm fir\r\n"
              "a=rtcp-fb:96 goog-remb\r\n"
              "a=rtpmap:97 rtx/90000\r\n"
              "a=fmtp:97 apt=96\r\n"
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

START_TEST(passes_on_an_answer)
{
    const char *text;

    ck_assert_int_eq(read_text(t_sdp("answer/chromium")), CCTV_SDP_OK);
    ck_assert_int_eq(peer.transport.setup, CCTV_SDP_PASSIVE);
    text = cctv_sdp_answer_for_janus(pool, &peer, peer.mid, 96, true);
    ck_assert(strstr(text, "a=group:BUNDLE v\r\n") != NULL);
    ck_assert(strstr(text, "a=setup:passive\r\n") != NULL);
    ck_assert(strstr(text, "a=ice-ufrag:sXJ3\r\n") != NULL);
    ck_assert(strstr(text, "a=rtpmap:97 rtx/90000\r\n") != NULL);
    ck_assert_ptr_null(strstr(text, "candidate"));
    ck_assert_ptr_null(strstr(text, "192.0.2.9"));
    t_assert_ours(text);
}
END_TEST

/* A change of Chromium's answer, and what the answer is then. */
static const struct {
    const char *old;
    const char *new;
    cctv_sdp_fault_t fault;
} changes[] = {
    { "m=video 34521", "m=video 0", CCTV_SDP_REJECTED },
    { "a=recvonly", "a=inactive", CCTV_SDP_REJECTED },
    { "a=recvonly", "a=sendonly", CCTV_SDP_REJECTED },
    { "a=recvonly", "a=sendrecv", CCTV_SDP_OK },
    { "a=recvonly\r\n", "", CCTV_SDP_OK },
    { "H264/90000", "VP8/90000", CCTV_SDP_REJECTED },
    { "SAVPF 96 97", "SAVPF 97", CCTV_SDP_BAD_SECTION },
    { "SAVPF 96 97", "SAVPF 96", CCTV_SDP_OK },
    { "UDP/TLS/RTP/SAVPF", "RTP/AVP", CCTV_SDP_NOT_WEBRTC },
    { "m=video", "m=audio", CCTV_SDP_NO_VIDEO },
    { "a=setup:passive", "a=setup:actpass", CCTV_SDP_BAD_SETUP },
    { "a=setup:passive", "a=setup:holdconn", CCTV_SDP_BAD_SETUP },
    { "a=setup:passive\r\n", "", CCTV_SDP_OK },
    { "a=ice-pwd:", "a=ice-pwd:\"", CCTV_SDP_BAD_ICE },
    { "sha-256 22:", "sha-256 2:", CCTV_SDP_BAD_FINGERPRINT },
    { "v=0", "v=1", CCTV_SDP_NOT_SDP },
};

START_TEST(tells_whether_the_video_is_taken)
{
    ck_assert_int_eq(read_text(t_replace(t_sdp("answer/chromium"),
                                         changes[_i].old, changes[_i].new)),
                     changes[_i].fault);
}
END_TEST

START_TEST(rejected_video_is_a_matter_of_the_codec)
{
    ck_assert_int_eq(read_text(t_sdp("answer/rejected")), CCTV_SDP_REJECTED);
    ck_assert_int_eq(read_text(t_sdp("answer/chromium_rejects")),
                     CCTV_SDP_REJECTED);
    ck_assert(cctv_sdp_fault_is_of_codec(CCTV_SDP_REJECTED));
    ck_assert(!cctv_sdp_fault_is_of_codec(CCTV_SDP_BAD_ICE));
}
END_TEST

START_TEST(takes_only_the_offered_payload_type)
{
    cctv_slice_t text = t_sdp("answer/chromium");

    ck_assert_int_eq(
        cctv_sdp_answer_read(text.at, text.len, CCTV_CODEC_H264, 98, &peer),
        CCTV_SDP_REJECTED);
    ck_assert_int_eq(
        cctv_sdp_answer_read(text.at, text.len, CCTV_CODEC_H264, -1, &peer),
        CCTV_SDP_OK);
    ck_assert_int_eq(peer.format.payload_type, 96);
}
END_TEST

/* A change of Janus's offer, and what is wrong with it then. */
static const struct {
    const char *old;
    const char *new;
    cctv_sdp_fault_t fault;
} janus_changes[] = {
    { "v=0", "v=0", CCTV_SDP_OK },
    { "m=video 9", "m=video 0", CCTV_SDP_REJECTED },
    { "a=sendonly", "a=inactive", CCTV_SDP_REJECTED },
    { "H264", "H265", CCTV_SDP_NO_CODEC },
    { "a=mid:v\r\n", "", CCTV_SDP_BAD_SECTION },
    { "o=- 1764222333444555 1", "o=- 17642223334445551764222333444555 1",
      CCTV_SDP_BAD_SECTION },
    { "o=- ", "o=- x", CCTV_SDP_BAD_SECTION },
    { "a=candidate", "a=x", CCTV_SDP_NO_CANDIDATES },
    { " udp ", " sctp ", CCTV_SDP_NO_CANDIDATES },
    { " typ ", " type ", CCTV_SDP_NO_CANDIDATES },
    { "44208 typ", "0 typ", CCTV_SDP_NO_CANDIDATES },
    { "sha-256", "sha-1", CCTV_SDP_BAD_FINGERPRINT },
};

START_TEST(checks_janus)
{
    cctv_slice_t text = t_replace(cctv_slice(T_JANUS("actpass", "96", "97")),
                                  janus_changes[_i].old,
                                  janus_changes[_i].new);
    cctv_janus_sdp_t janus;

    ck_assert_int_eq(
        cctv_janus_sdp_read(text.at, text.len, CCTV_CODEC_H264, &janus),
        janus_changes[_i].fault);
}
END_TEST

/* Janus's candidates over TCP, as ice_tcp makes them. */
START_TEST(passes_on_candidates_over_tcp)
{
    const char *text = cctv_sdp_offer_for_browser(
        pool,
        t_janus_sdp(apr_pstrcat(pool, T_JANUS("actpass", "96", "97"),
                                "a=candidate:3 1 tcp 1518280447 2001:db8::1 "
                                "9 typ host tcptype passive\r\n"
                                "a=candidate:4 2 udp 1 192.0.2.2 1 typ "
                                "host\r\n",
                                NULL)));

    ck_assert(strstr(text, "a=candidate:3 1 tcp 1518280447 2001:db8::1 9 typ "
                           "host tcptype passive\r\n")
              != NULL);
    ck_assert_ptr_null(strstr(text, "a=candidate:4"));
    t_assert_ours(text);
}
END_TEST

TCase *sdp_answer_tests(void)
{
    TCase *tc = tcase_create("sdp_answer");

    tcase_add_test(tc, offers_our_format);
    tcase_add_test(tc, passes_on_an_answer);
    tcase_add_loop_test(tc, tells_whether_the_video_is_taken, 0,
                        COUNT(changes));
    tcase_add_test(tc, rejected_video_is_a_matter_of_the_codec);
    tcase_add_test(tc, takes_only_the_offered_payload_type);
    tcase_add_loop_test(tc, checks_janus, 0, COUNT(janus_changes));
    tcase_add_test(tc, passes_on_candidates_over_tcp);
    return tc;
}
