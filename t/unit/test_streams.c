/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "cameras/streams.h"

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

TCase *streams_tests(void)
{
    TCase *tc = tcase_create("streams");

    tcase_add_loop_test(tc, a_viewer_gets_the_stream_that_it_plays, 0,
                        sizeof choices / sizeof choices[0]);
    tcase_add_test(tc, tells_by_which_codecs_a_camera_plays);
    return tc;
}
