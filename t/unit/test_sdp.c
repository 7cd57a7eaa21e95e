/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "janus/sdp.h"

#include "apr_strings.h"

#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

#define V     "v=0\r\n"
#define VIDEO "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n"

/* Chromium's answer to Janus. */
#define CHROMIUM_SESSION                                                      \
    V "o=- 4611731400430051336 2 IN IP4 127.0.0.1\r\n"                        \
      "s=-\r\n"                                                               \
      "t=0 0\r\n"                                                             \
      "a=group:BUNDLE v\r\n"                                                  \
      "a=msid-semantic: WMS\r\n"                                              \
      "m=video 34521 UDP/TLS/RTP/SAVPF 96 97\r\n"                             \
      "c=IN IP4 10.99.0.1\r\n"                                                \
      "a=rtcp:9 IN IP4 0.0.0.0\r\n"
#define CHROMIUM_CANDIDATES                                                   \
    "a=candidate:1467250027 1 udp 2122260223 10.99.0.1 34521 typ host "       \
    "generation 0 network-id 1\r\n"                                           \
    "a=candidate:435653019 1 tcp 1845501695 10.99.0.1 9 typ host tcptype "    \
    "active generation 0 network-id 1\r\n"
#define CHROMIUM_REST                                                         \
    "a=ice-ufrag:sXJ3\r\n"                                                    \
    "a=ice-pwd:yEclOTrLg1gEubBFefOqtmyV\r\n"                                  \
    "a=ice-options:trickle\r\n"                                               \
    "a=fingerprint:sha-256 22:14:B5:AF:66:12:C7:C7:8D:EF:4B:DE:40:25:ED:5D:"  \
    "8F:17:54:DD:88:33:C0:13:2E:FD:1A:FA:7E:7A:1B:79\r\n"                     \
    "a=setup:active\r\n"                                                      \
    "a=mid:v\r\n"                                                             \
    "a=recvonly\r\n"                                                          \
    "a=rtcp-mux\r\n"                                                          \
    "a=rtpmap:96 H264/90000\r\n"                                              \
    "a=fmtp:96 level-asymmetry-allowed=1;packetization-mode=1;"               \
    "profile-level-id=42e01f\r\n"

static const char *error;

static const char *clean(const char *text)
{
    error = NULL;
    return cctv_sdp_clean(pool, text, strlen(text), &error);
}

static void assert_refused(const char *text, const char *why)
{
    ck_assert_msg(clean(text) == NULL, "%s", text);
    ck_assert_ptr_nonnull(error);
    ck_assert_msg(strstr(error, why) != NULL, "%s: %s", text, error);
}

START_TEST(takes_the_candidates_out)
{
    ck_assert_str_eq(clean(CHROMIUM_SESSION CHROMIUM_CANDIDATES CHROMIUM_REST),
                     CHROMIUM_SESSION CHROMIUM_REST);
    ck_assert_ptr_null(error);
    ck_assert_str_eq(clean(CHROMIUM_SESSION CHROMIUM_REST),
                     CHROMIUM_SESSION CHROMIUM_REST);
}
END_TEST

static const char *const candidates[] = {
    "a=candidate:1 1 udp 1 192.0.2.1 9 typ host",
    "a=Candidate:1 1 udp 1 192.0.2.1 9 typ host",
    "a=CANDIDATE:1 1 udp 1 192.0.2.1 9 typ host",
    "a=candidate:candidate:1 1 udp 1 192.0.2.1 9 typ host",
    "a=candidate 1 1 udp 1 192.0.2.1 9 typ host",
    "a=candidate :1 1 udp 1 192.0.2.1 9 typ host",
    "a= candidate:1 1 udp 1 192.0.2.1 9 typ host",
    "a=   CandiDate:1 1 udp 1 192.0.2.1 9 typ host",
    "a=candidate:",
    "a=candidate",
    "a=candidates:x",
    "a=end-of-candidates",
    "a=End-Of-Candidates",
    "a= end-of-candidates",
    "a=remote-candidates:1 192.0.2.1 9",
    "a=REMOTE-candidates:1 192.0.2.1 9",
};

static const char *const ends[] = { "\r\n", "\n", "\n\n", "\r\n\r\n" };

/* A candidate at each place where a line may be, with each line end. */
START_TEST(knows_a_candidate)
{
    const char *line = candidates[_i];
    int i;

    for (i = 0; i < COUNT(ends); i++) {
        ck_assert_str_eq(
            clean(apr_pstrcat(pool, V, line, ends[i], VIDEO, NULL)), V VIDEO);
        ck_assert_str_eq(
            clean(apr_pstrcat(pool, V VIDEO, line, ends[i], "a=mid:v\r\n",
                              line, ends[i], NULL)),
            V VIDEO "a=mid:v\r\n");
    }
    ck_assert_str_eq(clean(apr_pstrcat(pool, V VIDEO, line, NULL)), V VIDEO);
}
END_TEST

static const char *const others[] = {
    "a=ice-options:candidate",
    "a=x-candidate:1",
    "a=candidat",
    "a=candidat:e",
    "a=remote:candidates",
    "a=rtpmap:96 candidate/90000",
    "c=IN IP4 192.0.2.1",
    "s=candidate:1",
    "i=a=candidate:1",
    "b=AS:500",
    "a=\xC3\xA4",
    "z=\xE2\x82\xAC",
    "s= ",
};

START_TEST(leaves_the_rest)
{
    const char *text = apr_pstrcat(pool, V VIDEO, others[_i],
                                   "\r\na=mid:v\r\n", NULL);

    ck_assert_str_eq(clean(text), text);
}
END_TEST

static const char *const spellings[] = {
    V VIDEO,
    "v=0\n" VIDEO,
    V "m=video 9 UDP/TLS/RTP/SAVPF 96\n",
    V "m=video 9 UDP/TLS/RTP/SAVPF 96",
    "v=0\n\r\n\n\nm=video 9 UDP/TLS/RTP/SAVPF 96\n\r\n",
};

START_TEST(ends_each_line_with_cr_lf)
{
    ck_assert_str_eq(clean(spellings[_i]), V VIDEO);
}
END_TEST

START_TEST(takes_video_and_sound)
{
    static const char audio[] = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n";

    ck_assert_ptr_nonnull(clean(apr_pstrcat(pool, V, audio, VIDEO, NULL)));
    ck_assert_ptr_nonnull(clean(apr_pstrcat(pool, V VIDEO, audio, NULL)));
    assert_refused(apr_pstrcat(pool, V, audio, NULL), "video");
    assert_refused(apr_pstrcat(pool, V VIDEO, audio, VIDEO, NULL),
                   "more than 2");
}
END_TEST

static const struct {
    const char *text;
    const char *why;
} bad[] = {
    { "", "v=0" },
    { "v", "v=0" },
    { "v=0", "v=0" },
    { "v=0 \r\n" VIDEO, "v=0" },
    { "v=1\r\n" VIDEO, "v=0" },
    { "V=0\r\n" VIDEO, "v=0" },
    { " v=0\r\n" VIDEO, "v=0" },
    { "\r\n" V VIDEO, "v=0" },
    { "\xEF\xBB\xBF" V VIDEO, "v=0" },
    { "v=0\r" VIDEO, "v=0" },
    { VIDEO, "v=0" },
    { "{\"type\":\"answer\"}", "v=0" },
    { V, "m-line" },
    { V "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n", "m-line" },
    { V "m=videos 9 UDP/TLS/RTP/SAVPF 0\r\n", "m-line" },
    { V "a=m=video 9\r\n", "m-line" },
    { V VIDEO "a\r\n", "a letter" },
    { V VIDEO "a=\r\n", "a letter" },
    { V VIDEO "ab\r\n", "a letter" },
    { V VIDEO "ab=c\r\n", "a letter" },
    { V VIDEO "a:candidate:1\r\n", "a letter" },
    { V VIDEO " a=candidate:1\r\n", "a letter" },
    { V VIDEO "A=candidate:1\r\n", "a letter" },
    { V VIDEO "1=x\r\n", "a letter" },
    { V VIDEO "==x\r\n", "a letter" },
    { V VIDEO "{=x\r\n", "a letter" },
    { V VIDEO " \r\n", "a letter" },
    { V VIDEO "a=x\ra=candidate:1\r\n", "no text" },
    { V VIDEO "a=x\r\r\n", "no text" },
    { V VIDEO "\ra=candidate:1\r\n", "no text" },
    { V VIDEO "a=x\r", "no text" },
    { V VIDEO "a=\tcandidate:1\r\n", "no text" },
    { V VIDEO "a=x\x01\r\n", "no text" },
    { V VIDEO "a=x\x1B[2J\r\n", "no text" },
    { V VIDEO "a=x\x7F\r\n", "no text" },
    { V VIDEO "a=\xFF\r\n", "no text" },
    { V VIDEO "a=x\xC3\r\n", "no text" },
    { V VIDEO "a=candidate:\xFF\r\n", "no text" },
};

START_TEST(refuses)
{
    assert_refused(bad[_i].text, bad[_i].why);
}
END_TEST

START_TEST(refuses_a_nul)
{
    static const char text[] = V VIDEO "a=x\0\r\n";
    static const char hidden[] = V VIDEO "\0a=candidate:1\r\n";

    ck_assert_ptr_null(cctv_sdp_clean(pool, text, sizeof text - 1, &error));
    ck_assert_ptr_null(
        cctv_sdp_clean(pool, hidden, sizeof hidden - 1, &error));
}
END_TEST

START_TEST(reads_no_further_than_it_is_long)
{
    static const char text[] = V VIDEO "a=x\r\n\x01";

    ck_assert_str_eq(cctv_sdp_clean(pool, text, sizeof text - 2, &error),
                     V VIDEO "a=x\r\n");
}
END_TEST

START_TEST(has_a_largest)
{
    char *text = apr_palloc(pool, CCTV_SDP_MAX + 2);

    memset(text, 'x', CCTV_SDP_MAX + 1);
    text[CCTV_SDP_MAX + 1] = '\0';
    memcpy(text, V VIDEO "a=", sizeof V VIDEO "a=" - 1);
    assert_refused(text, "16 kB");
    text[CCTV_SDP_MAX] = '\0';
    ck_assert_uint_eq(strlen(clean(text)), CCTV_SDP_MAX + 2);
}
END_TEST

START_TEST(has_a_most_of_lines)
{
    char *text = apr_palloc(pool, CCTV_SDP_MAX);
    size_t len = sizeof V VIDEO - 1;
    int i;

    memcpy(text, V VIDEO, len);
    for (i = 2; i < CCTV_SDP_ANSWER_LINES; i++) {
        memcpy(text + len, "a=x\n", 4);
        len += 4;
    }
    text[len] = '\0';
    ck_assert_ptr_nonnull(clean(text));
    /* Removed lines count against the limit, too; empty lines do not. */
    ck_assert_ptr_nonnull(clean(apr_pstrcat(pool, text, "\n\r\n", NULL)));
    assert_refused(apr_pstrcat(pool, text, "a=candidate:1\n", NULL), "512");
}
END_TEST

TCase *sdp_tests(void)
{
    TCase *tc = tcase_create("sdp");

    tcase_add_test(tc, takes_the_candidates_out);
    tcase_add_loop_test(tc, knows_a_candidate, 0, COUNT(candidates));
    tcase_add_loop_test(tc, leaves_the_rest, 0, COUNT(others));
    tcase_add_loop_test(tc, ends_each_line_with_cr_lf, 0, COUNT(spellings));
    tcase_add_test(tc, takes_video_and_sound);
    tcase_add_loop_test(tc, refuses, 0, COUNT(bad));
    tcase_add_test(tc, refuses_a_nul);
    tcase_add_test(tc, reads_no_further_than_it_is_long);
    tcase_add_test(tc, has_a_largest);
    tcase_add_test(tc, has_a_most_of_lines);
    return tc;
}
