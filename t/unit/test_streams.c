/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "cameras/streams.h"
#include "hls/address.h"

#include <string.h>

#define BIT(name) CCTV_CODEC_BIT(CCTV_CODEC_##name)
#define NOTHING   CCTV_CODEC_UNKNOWN

static cctv_streams_t of(const char *codec, bool can_first, bool can_second)
{
    cctv_slice_t label = { NULL, 0 };

    return cctv_streams_of(codec == NULL ? label : cctv_slice(codec),
                           can_first, can_second);
}

/* The codec in the table, whether Janus can pull the streams, what the viewer
 * plays; the codec that it gets, and whether of the second stream. */
static const struct {
    const char *codec;
    bool can_first, can_second;
    unsigned viewer;
    cctv_codec_t gets;
    bool is_second;
} choices[] = {
    { "H.264", true, false, CCTV_CODECS_OF_BROWSERS, CCTV_CODEC_H264, false },
    { "H.264", true, true, CCTV_CODECS_OF_BROWSERS, CCTV_CODEC_H264, false },
    { "H.264", true, true, BIT(VP8) | BIT(VP9) | BIT(AV1), NOTHING, false },
    { "H.264", false, false, CCTV_CODECS_OF_BROWSERS, NOTHING, false },
    { "H.264", false, true, BIT(H264), CCTV_CODEC_H264, true },
    { "H.265", true, false, BIT(H264) | BIT(H265), CCTV_CODEC_H265, false },
    { "H.265", true, true, BIT(H264) | BIT(H265), CCTV_CODEC_H265, false },
    { "H.265", true, true, BIT(H265), CCTV_CODEC_H265, false },
    { "H.265", true, true, CCTV_CODECS_OF_BROWSERS, CCTV_CODEC_H264, true },
    { "H.265", true, true, BIT(VP8), NOTHING, false },
    { "H.265", true, false, CCTV_CODECS_OF_BROWSERS, NOTHING, false },
    { "H.265", true, false, 0, NOTHING, false },
    { "H.265", false, true, BIT(H264) | BIT(H265), CCTV_CODEC_H264, true },
    { "VP8", true, false, CCTV_CODECS_OF_BROWSERS, CCTV_CODEC_VP8, false },
    { "VP8", true, true, BIT(H264), CCTV_CODEC_H264, true },
    { "VP9", true, false, CCTV_CODECS_OF_BROWSERS, NOTHING, false },
    { "VP9", true, false, BIT(VP8) | BIT(VP9), CCTV_CODEC_VP9, false },
    { "AV1", true, true, BIT(AV1), CCTV_CODEC_AV1, false },
    { "AV1", true, true, CCTV_CODECS_OF_BROWSERS, CCTV_CODEC_H264, true },
    { "MJPEG", true, false, ~0U, NOTHING, false },
    { "MJPEG", true, true, ~0U, CCTV_CODEC_H264, true },
    { "MPEG-4", true, false, ~0U, NOTHING, false },
    { NULL, true, false, ~0U, NOTHING, false },
    { NULL, true, true, BIT(H264), CCTV_CODEC_H264, true },
    { "h264", true, false, ~0U, NOTHING, false },
};

START_TEST(a_viewer_gets_the_stream_that_it_plays)
{
    cctv_streams_t streams = of(choices[_i].codec, choices[_i].can_first,
                                choices[_i].can_second);
    cctv_stream_t got = { .codec = NOTHING };

    ck_assert_int_eq(cctv_streams_choose(&streams, choices[_i].viewer, &got),
                     choices[_i].gets != NOTHING);
    ck_assert_int_eq(got.codec, choices[_i].gets);
    ck_assert_int_eq(got.is_second, choices[_i].is_second);
}
END_TEST

START_TEST(tells_by_which_codecs_a_camera_plays)
{
    cctv_streams_t streams = of("H.265", true, false);

    ck_assert_uint_eq(cctv_streams_codecs(&streams), BIT(H265));
    ck_assert(!cctv_streams_is_for_all(&streams));
    streams = of("H.265", true, true);
    ck_assert_uint_eq(cctv_streams_codecs(&streams), BIT(H265) | BIT(H264));
    ck_assert(cctv_streams_is_for_all(&streams));
    streams = of("VP8", true, false);
    ck_assert(cctv_streams_is_for_all(&streams));
    streams = of("MJPEG", true, false);
    ck_assert_uint_eq(cctv_streams_codecs(&streams), 0);
    ck_assert(!cctv_streams_is_for_all(&streams));
}
END_TEST

/* HLS is the last choice: the server knows less of it, and its picture comes
 * later. */
START_TEST(a_viewer_of_hls_gets_it_if_it_plays_nothing_else)
{
    static const struct {
        bool can_second;
        unsigned viewer;
        bool gets_any, gets_hls;
    } cases[] = { { false, CCTV_HLS_BIT, true, true },
                  { false, BIT(H264) | CCTV_HLS_BIT, true, true },
                  { false, BIT(H264), false, false },
                  { true, BIT(H264) | CCTV_HLS_BIT, true, false },
                  { true, BIT(VP8) | CCTV_HLS_BIT, true, true },
                  { true, BIT(VP8), false, false } };
    size_t i;

    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cctv_streams_t streams = of("H.264", false, cases[i].can_second);
        cctv_stream_t got = { .codec = NOTHING };

        streams.has_hls = true;
        ck_assert_int_eq(cctv_streams_choose(&streams, cases[i].viewer, &got),
                         cases[i].gets_any);
        ck_assert_int_eq(got.is_hls, cases[i].gets_hls);
        ck_assert_int_eq(got.is_second,
                         cases[i].gets_any && !cases[i].gets_hls);
        ck_assert(cctv_streams_is_for_all(&streams));
        ck_assert((cctv_streams_codecs(&streams) & CCTV_HLS_BIT) != 0);
    }
}
END_TEST

/* ---- hls/address.h: the addresses that viewers may get ---- */

static const char *const right[] = {
    "https://cams.example/live/index.m3u8",
    "HTTPS://cams.example:8443/a/B.M3U8?token=x&v=1#t",
    "https://[2001:db8::1]/live.m3u8",
    "https://cams.example/live@night/index.m3u8",
    "https://cams.example/a.m3u8?next=https://other.example/@x",
    "https://c/.m3u8",
};

static const char *const wrong[] = {
    "",
    "https://",
    "https:///a.m3u8",
    "http://cams.example/live.m3u8",
    "rtsp://cams.example/live.m3u8",
    "//cams.example/live.m3u8",
    "javascript:alert(1)//.m3u8",
    "https://user:secret@cams.example/live.m3u8",
    "https://user@cams.example/live.m3u8",
    "https://cams.example/live.mpd?x=.m3u8",
    "https://cams.example/live#.m3u8",
    "https://cams.example.m3u8",
    "https://cams.example?a.m3u8",
    "https://cams.example/live.m3u8.exe",
    "https://cams.example/live .m3u8",
    "https://cams.example/live.m3u8\n",
    "https://cams.example/\"live.m3u8",
    "https://cams.example/<live>.m3u8",
    "https://cams.example/{user}.m3u8",
    "https://cams.example\\@other.example/live.m3u8",
    "https://cams.example/l\xc3\xafve.m3u8",
    "https://cams.example/live.m3u8\x7f",
};

#define COUNT(list) ((int)(sizeof(list) / sizeof(list)[0]))

START_TEST(an_address_that_browsers_may_get)
{
    ck_assert_msg(cctv_hls_is_address(right[_i]), "%s", right[_i]);
}
END_TEST

START_TEST(an_address_that_stays_here)
{
    ck_assert_msg(!cctv_hls_is_address(wrong[_i]), "%s", wrong[_i]);
}
END_TEST

START_TEST(an_address_has_an_end)
{
    char text[2100];

    memset(text, 'a', sizeof text);
    memcpy(text, "https://c/", 10);
    memcpy(text + 2048 - 5, ".m3u8", 6);
    ck_assert(cctv_hls_is_address(text));
    memcpy(text + 2048 - 5, "a.m3u8", 7);
    ck_assert(!cctv_hls_is_address(text));
    ck_assert(!cctv_hls_is_address(NULL));
}
END_TEST

TCase *streams_tests(void)
{
    TCase *tc = tcase_create("streams");

    tcase_add_loop_test(tc, a_viewer_gets_the_stream_that_it_plays, 0,
                        sizeof choices / sizeof choices[0]);
    tcase_add_test(tc, tells_by_which_codecs_a_camera_plays);
    tcase_add_test(tc, a_viewer_of_hls_gets_it_if_it_plays_nothing_else);
    tcase_add_loop_test(tc, an_address_that_browsers_may_get, 0, COUNT(right));
    tcase_add_loop_test(tc, an_address_that_stays_here, 0, COUNT(wrong));
    tcase_add_test(tc, an_address_has_an_end);
    return tc;
}
