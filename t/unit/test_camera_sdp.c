/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"
#include "t_sdp.h"

#include "sdp/camera_sdp.h"

#include "apr_strings.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

static cctv_camera_sdp_t camera;

static void read_text(cctv_slice_t text)
{
    cctv_camera_sdp_read(text.at, text.len, &camera);
}

static const struct {
    const char *name;
    cctv_camera_sdp_t is;
} cameras[] = {
    { "camera_sdp/axis",
      { .is_sdp = true,
        .has_video = true,
        .codec = CCTV_CODEC_H264,
        .codec_name = "H264",
        .payload_type = 96,
        .profile_level_id = "640029",
        .packetization_mode = 1,
        .has_parameter_sets = true } },
    { "camera_sdp/hikvision",
      { .is_sdp = true,
        .has_video = true,
        .codec = CCTV_CODEC_H264,
        .codec_name = "H264",
        .payload_type = 96,
        .profile_level_id = "420029",
        .packetization_mode = 1,
        .has_parameter_sets = true,
        .has_audio_first = true,
        .has_metadata = true,
        .audio_sections = 1,
        .other_sections = 1 } },
    { "camera_sdp/dahua_h265",
      { .is_sdp = true,
        .has_video = true,
        .codec = CCTV_CODEC_H265,
        .codec_name = "H265",
        .payload_type = 98,
        .packetization_mode = -1,
        .has_parameter_sets = true,
        .audio_sections = 1 } },
    { "camera_sdp/mjpeg",
      { .is_sdp = true,
        .has_video = true,
        .codec = CCTV_CODEC_MJPEG,
        .codec_name = "JPEG",
        .payload_type = 26,
        .packetization_mode = -1 } },
    { "camera_sdp/sound_only",
      { .is_sdp = true,
        .payload_type = -1,
        .packetization_mode = -1,
        .audio_sections = 1 } },
    { "camera_sdp/html", { .payload_type = -1, .packetization_mode = -1 } },
};

START_TEST(reads_a_camera)
{
    const cctv_camera_sdp_t *is = &cameras[_i].is;

    read_text(t_sdp(cameras[_i].name));
    ck_assert_int_eq(camera.is_sdp, is->is_sdp);
    ck_assert_int_eq(camera.is_cut, is->is_cut);
    ck_assert_int_eq(camera.has_video, is->has_video);
    ck_assert_int_eq(camera.codec, is->codec);
    ck_assert_str_eq(camera.codec_name, is->codec_name);
    ck_assert_int_eq(camera.payload_type, is->payload_type);
    ck_assert_str_eq(camera.profile_level_id, is->profile_level_id);
    ck_assert_int_eq(camera.packetization_mode, is->packetization_mode);
    ck_assert_int_eq(camera.has_parameter_sets, is->has_parameter_sets);
    ck_assert_int_eq(camera.has_audio_first, is->has_audio_first);
    ck_assert_int_eq(camera.has_metadata, is->has_metadata);
    ck_assert_int_eq(camera.audio_sections, is->audio_sections);
    ck_assert_int_eq(camera.other_sections, is->other_sections);
}
END_TEST

#define V "v=0\r\nm=video 0 RTP/AVP 96\r\n"

static const struct {
    const char *text;
    const char *codec_name;
    const char *profile;
    int mode;
    bool has_sets;
} forms[] = {
    { V, "", "", -1, false },
    { V "a=rtpmap:96 h264/90000\r\n", "h264", "", -1, false },
    { V "a=rtpmap:97 H264/90000\r\n", "", "", -1, false },
    { V "a=rtpmap:96 <script>/90000\r\n", "", "", -1, false },
    { V "a=rtpmap:96 ABCDEFGHIJKLMNOPQ/90000\r\n", "", "", -1, false },
    { V "a=rtpmap:96 H264/90000\r\na=rtpmap:96 VP8/90000\r\n", "H264", "", -1,
      false },
    { V "a=fmtp:96 PROFILE-LEVEL-ID=4D401F\r\n", "", "4d401f", -1, false },
    { V "a=fmtp:96 profile-level-id=4D401\r\n", "", "", -1, false },
    { V "a=fmtp:96 profile-level-id=4D401F0\r\n", "", "", -1, false },
    { V "a=fmtp:96 packetization-mode=3\r\n", "", "", -1, false },
    { V "a=fmtp:96 packetization-mode=0;\r\n", "", "", 0, false },
    { V "a=fmtp:96 sprop-parameter-sets=\r\n", "", "", -1, false },
    { V "a=fmtp:96 sprop-parameter-sets=Z0IA\r\n", "", "", -1, false },
    { V "a=fmtp:96 sprop-parameter-sets=,\r\n", "", "", -1, false },
    { V "a=fmtp:96 sprop-parameter-sets=Z0IA,aM4=\r\n", "", "", -1, true },
    { V "m=video 0 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n", "", "", -1,
      false },
    { "v=0\nm=video\n", "", "", -1, false },
    { "\r\nv=0\n\nm=video 0 RTP/AVP 96\na=rtpmap:96 VP8/90000", "VP8", "", -1,
      false },
};

START_TEST(reads_odd_forms)
{
    read_text(cctv_slice(forms[_i].text));
    ck_assert(camera.is_sdp && camera.has_video);
    ck_assert_str_eq(camera.codec_name, forms[_i].codec_name);
    ck_assert_str_eq(camera.profile_level_id, forms[_i].profile);
    ck_assert_int_eq(camera.packetization_mode, forms[_i].mode);
    ck_assert_int_eq(camera.has_parameter_sets, forms[_i].has_sets);
}
END_TEST

START_TEST(reads_the_address_of_the_track)
{
    static const struct {
        const char *text, *control;
    } tracks[] = {
        { V "a=control:track1\r\n", "track1" },
        { "v=0\na=control:*\nm=audio 0 RTP/AVP 0\na=control:track2\nm=video 0 "
          "RTP/AVP 96\na=control:rtsp://h/x\nm=video 0 RTP/AVP 97\n"
          "a=control:other\n",
          "rtsp://h/x" },
        { V "a=control:track 1\r\n", "" },
        { V "a=control:tr\xC3\xA4"
            "ck\r\n",
          "" },
        { V, "" },
    };
    char *longest = apr_psprintf(pool, V "a=control:%0129d\r\n", 7);
    size_t i;

    for (i = 0; i < sizeof tracks / sizeof tracks[0]; i++) {
        read_text(cctv_slice(tracks[i].text));
        ck_assert_str_eq(camera.control, tracks[i].control);
    }
    read_text(cctv_slice(longest));
    ck_assert_str_eq(camera.control, "");
}
END_TEST

/* The fmtp of 60 kB that a camera sent is not read; the rest is. */
START_TEST(skips_a_line_of_60_kb)
{
    char *line = apr_palloc(pool, 60001);

    memset(line, 'A', 60000);
    line[60000] = '\0';
    read_text(cctv_slice(apr_pstrcat(
        pool, V "a=fmtp:96 packetization-mode=1;sprop-parameter-sets=", line,
        ",AA\r\na=rtpmap:96 H264/90000\r\na=x\x01:y\r\n", NULL)));
    ck_assert(camera.is_cut && !camera.has_parameter_sets);
    ck_assert_int_eq(camera.codec, CCTV_CODEC_H264);
}
END_TEST

START_TEST(reads_no_further_than_its_limits)
{
    char *text = apr_palloc(pool, CCTV_CAMERA_SDP_MAX_BYTES + 100);
    int i;

    memcpy(text, "v=0\n", 4);
    for (i = 1; i < CCTV_CAMERA_SDP_MAX_LINES + 1; i++) {
        memcpy(text + 4 * i, "a=x\n", 4);
    }
    strcpy(text + 4 * i, "m=video 0 RTP/AVP 96\n");
    read_text(cctv_slice(text));
    ck_assert(camera.is_cut && !camera.has_video);

    memset(text, '\n', CCTV_CAMERA_SDP_MAX_BYTES);
    memcpy(text, "v=0\n", 4);
    strcpy(text + CCTV_CAMERA_SDP_MAX_BYTES, "m=video 0 RTP/AVP 96\n");
    read_text(cctv_slice(text));
    ck_assert(camera.is_cut && !camera.has_video);
}
END_TEST

static const struct {
    const char *name;
    const char *label;
    cctv_camera_sends_t sends;
} comparisons[] = {
    { "camera_sdp/axis", "H.264", CCTV_CAMERA_SENDS_SAME },
    { "camera_sdp/axis", NULL, CCTV_CAMERA_SENDS_SAME },
    { "camera_sdp/dahua_h265", "H.264", CCTV_CAMERA_SENDS_OTHER_CODEC },
    { "camera_sdp/mjpeg", "MJPEG", CCTV_CAMERA_SENDS_SAME },
    { "camera_sdp/mjpeg", "JPEG", CCTV_CAMERA_SENDS_SAME },
    { "camera_sdp/sound_only", "H.264", CCTV_CAMERA_SENDS_NO_VIDEO },
    { "camera_sdp/html", "H.264", CCTV_CAMERA_SENDS_NO_SDP },
};

START_TEST(compares_with_the_table)
{
    read_text(t_sdp(comparisons[_i].name));
    ck_assert_int_eq(cctv_camera_sdp_compare(
                         &camera, cctv_codec_of_label(comparisons[_i].label)),
                     comparisons[_i].sends);
}
END_TEST

START_TEST(tells_the_profile)
{
    read_text(t_sdp("camera_sdp/axis"));
    ck_assert_int_eq(cctv_camera_sdp_profile(&camera), 0x64);
    read_text(t_sdp("camera_sdp/mjpeg"));
    ck_assert_int_eq(cctv_camera_sdp_profile(&camera), 0);
}
END_TEST

/* The list of codecs is that of the column's rule. */
START_TEST(knows_the_codecs_of_the_table)
{
    const char *path = "sql/10-schema.sql";
    FILE *file = fopen(path, "rb");
    char *sql = apr_pcalloc(pool, 1 << 16);
    const char *labels = "";
    char *rule;
    char *c;
    int i;

    ck_assert_msg(file != NULL, "%s", path);
    (void)!fread(sql, 1, (1 << 16) - 1, file);
    fclose(file);
    rule = strstr(sql, "CHECK (codec IN (");
    ck_assert_ptr_nonnull(rule);
    rule += strlen("CHECK (codec IN (");
    *strchr(rule, ')') = '\0';
    for (c = rule, i = 0; *c != '\0'; c++) {
        if (*c != ' ' && *c != '\n') {
            rule[i++] = *c;
        }
    }
    rule[i] = '\0';
    for (i = 1; i < CCTV_CODEC_COUNT; i++) {
        const char *label = cctv_format((cctv_codec_t)i)->label;

        labels = apr_pstrcat(pool, labels, i == 1 ? "'" : ",'", label, "'",
                             NULL);
        ck_assert_int_eq(cctv_codec_of_label(label), i);
    }
    ck_assert_str_eq(rule, labels);
    ck_assert_int_eq(cctv_codec_of_label("h264"), CCTV_CODEC_UNKNOWN);
}
END_TEST

TCase *camera_sdp_tests(void)
{
    TCase *tc = tcase_create("camera_sdp");

    tcase_add_loop_test(tc, reads_a_camera, 0, COUNT(cameras));
    tcase_add_loop_test(tc, reads_odd_forms, 0, COUNT(forms));
    tcase_add_test(tc, reads_the_address_of_the_track);
    tcase_add_test(tc, skips_a_line_of_60_kb);
    tcase_add_test(tc, reads_no_further_than_its_limits);
    tcase_add_loop_test(tc, compares_with_the_table, 0, COUNT(comparisons));
    tcase_add_test(tc, tells_the_profile);
    tcase_add_test(tc, knows_the_codecs_of_the_table);
    return tc;
}
