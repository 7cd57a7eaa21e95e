/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "cameras/geojson.h"

#include <string.h>

#define TEXT(literal)                                                         \
    {                                                                         \
        literal, sizeof(literal) - 1                                          \
    }

static const char *text(cctv_json_t *json)
{
    cctv_json_raw(json, "", 1);
    return json->data;
}

START_TEST(a_full_camera)
{
    cctv_camera_t camera = { .id = TEXT("42"),
                             .lng = TEXT("-122.33"),
                             .lat = TEXT("47.61"),
                             .name = TEXT("5th \"Ave\""),
                             .role = TEXT("traffic"),
                             .status = TEXT("online"),
                             .status_since = 1764252153,
                             .status_reason = TEXT("b_frames"),
                             .codec = TEXT("H.264"),
                             .profile = TEXT("Main"),
                             .width = TEXT("640"),
                             .height = TEXT("480"),
                             .fps = TEXT("29.97"),
                             .heading = TEXT("270"),
                             .field_of_view = TEXT("90"),
                             .range = TEXT("150"),
                             .has_still = true,
                             .audio = true,
                             .playable = true };
    cctv_json_t json;

    cctv_json_init(&json, 1);
    cctv_geojson_feature(&json, &camera);
    ck_assert_str_eq(
        text(&json),
        "{\"type\":\"Feature\",\"id\":42,\"geometry\":{\"type\":\"Point\","
        "\"coordinates\":[-122.33,47.61]},\"properties\":{\"name\":\"5th "
        "\\\"Ave\\\"\",\"role\":\"traffic\",\"status\":\"online\","
        "\"status_since\":\"2025-11-27T14:02:33Z\","
        "\"status_reason\":\"b_frames\",\"playable\":true,\"codec\":\"H.264\","
        "\"profile\":\"Main\","
        "\"width\":640,\"height\":480,\"fps\":29.97,\"audio\":true,"
        "\"heading\":270,\"field_of_view\":90,\"range_m\":150,"
        "\"still\":true}}");
    cctv_json_free(&json);
}
END_TEST

START_TEST(a_camera_of_which_little_is_known)
{
    cctv_camera_t camera = { .id = TEXT("1"),
                             .lng = TEXT("0"),
                             .lat = TEXT("0"),
                             .name = TEXT("x"),
                             .role = TEXT("public"),
                             .status = TEXT("unknown") };
    cctv_json_t json;

    cctv_json_init(&json, 1);
    cctv_geojson_feature(&json, &camera);
    ck_assert_str_eq(
        text(&json),
        "{\"type\":\"Feature\",\"id\":1,\"geometry\":{\"type\":\"Point\","
        "\"coordinates\":[0,0]},\"properties\":{\"name\":\"x\",\"role\":"
        "\"public\",\"status\":\"unknown\",\"playable\":false,\"codec\":null,"
        "\"profile\":null,\"width\":null,\"height\":null,\"fps\":null,"
        "\"audio\":false}}");
    cctv_json_free(&json);
}
END_TEST

START_TEST(the_codecs_are_listed_where_they_are_not_just_h264)
{
    static const struct {
        cctv_streams_t streams;
        const char *list;
    } cases[] = {
        { { CCTV_CODEC_H264, CCTV_CODEC_UNKNOWN, false }, NULL },
        { { CCTV_CODEC_H264, CCTV_CODEC_H264, false }, NULL },
        { { CCTV_CODEC_UNKNOWN, CCTV_CODEC_H264, false }, NULL },
        { { CCTV_CODEC_UNKNOWN, CCTV_CODEC_UNKNOWN, false }, NULL },
        { { CCTV_CODEC_H265, CCTV_CODEC_UNKNOWN, false }, "[\"h265\"]" },
        { { CCTV_CODEC_H265, CCTV_CODEC_H264, false }, "[\"h265\",\"h264\"]" },
        { { CCTV_CODEC_VP8, CCTV_CODEC_UNKNOWN, false }, "[\"vp8\"]" },
        { { CCTV_CODEC_VP9, CCTV_CODEC_H264, false }, "[\"vp9\",\"h264\"]" },
        { { CCTV_CODEC_AV1, CCTV_CODEC_UNKNOWN, false }, "[\"av1\"]" },
        { { CCTV_CODEC_UNKNOWN, CCTV_CODEC_UNKNOWN, true }, "[\"hls\"]" },
        { { CCTV_CODEC_UNKNOWN, CCTV_CODEC_H264, true },
          "[\"h264\",\"hls\"]" },
        { { CCTV_CODEC_AV1, CCTV_CODEC_H264, true },
          "[\"av1\",\"h264\",\"hls\"]" },
    };
    size_t i;

    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cctv_camera_t camera = { .id = TEXT("1"),
                                 .streams = cases[i].streams };
        const char *found;
        cctv_json_t json;

        cctv_json_init(&json, 1);
        cctv_geojson_feature(&json, &camera);
        ck_assert_uint_le(json.len, json.size);
        found = strstr(text(&json), "\"playable\":false,\"playable_by\":");
        ck_assert_int_eq(found != NULL, cases[i].list != NULL);
        if (found != NULL) {
            found += strlen("\"playable\":false,\"playable_by\":");
            ck_assert_int_eq(
                strncmp(found, cases[i].list, strlen(cases[i].list)), 0);
        }
        cctv_json_free(&json);
    }
}
END_TEST

/* The JSON of a feature is written into reserved room without further checks.
 * Control characters grow most. */
#define LONGEST                                                               \
    "\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1"        \
    "\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1"
#define DIGITS                                                                \
    "1234567890123456789012345678901234567890123456789012345678901234"

START_TEST(the_longest_camera_has_room)
{
    cctv_camera_t camera = { .id = TEXT(DIGITS),
                             .lng = TEXT(DIGITS),
                             .lat = TEXT(DIGITS),
                             .name = TEXT(LONGEST),
                             .role = TEXT(LONGEST),
                             .status = TEXT(LONGEST),
                             .codec = TEXT(LONGEST),
                             .profile = TEXT(LONGEST),
                             .width = TEXT(DIGITS),
                             .height = TEXT(DIGITS),
                             .fps = TEXT(DIGITS),
                             .heading = TEXT(DIGITS),
                             .field_of_view = TEXT(DIGITS),
                             .streams = { CCTV_CODEC_H265, CCTV_CODEC_H264 } };
    cctv_json_t json;

    cctv_json_init(&json, 1);
    cctv_geojson_feature(&json, &camera);
    ck_assert_uint_gt(json.len, 5 * 6 * 64 + 8 * 64);
    ck_assert_uint_le(json.len, json.size);
    cctv_json_free(&json);
}
END_TEST

START_TEST(a_camera_without_anything_has_room)
{
    cctv_camera_t camera = { .heading = TEXT("NaN"),
                             .field_of_view = TEXT("NaN") };
    cctv_json_t json;

    cctv_json_init(&json, 1);
    cctv_geojson_feature(&json, &camera);
    ck_assert_uint_le(json.len, json.size);
    cctv_json_free(&json);
}
END_TEST

START_TEST(a_collection_with_and_without_next)
{
    cctv_json_t json;

    cctv_json_init(&json, 1);
    cctv_geojson_begin(&json);
    cctv_geojson_end(&json, 0, -1, NULL, NULL);
    ck_assert_str_eq(text(&json), "{\"type\":\"FeatureCollection\","
                                  "\"features\":[],\"numberReturned\":0}");
    cctv_json_free(&json);

    cctv_json_init(&json, 1);
    cctv_geojson_begin(&json);
    cctv_geojson_end(&json, 3, 7, NULL, "/a?x=\"&after=9");
    ck_assert_str_eq(text(&json),
                     "{\"type\":\"FeatureCollection\",\"features\":[],"
                     "\"numberReturned\":3,\"numberMatched\":7,"
                     "\"links\":[{\"rel\":\"next\","
                     "\"type\":\"application/geo+json\",\"href\":"
                     "\"/a?x=\\\"&after=9\"}]}");
    cctv_json_free(&json);

    cctv_json_init(&json, 1);
    cctv_geojson_begin(&json);
    cctv_geojson_end(&json, 0, -1, NULL, NULL);
    cctv_geojson_extent(&json,
                        &(cctv_bbox_t){ 177.5, -0.1234567, -178, -1e-9 });
    ck_assert_str_eq(text(&json),
                     "{\"type\":\"FeatureCollection\",\"features\":[],"
                     "\"numberReturned\":0,"
                     "\"extent\":[177.5,-0.1234567,-178,0]}");
    cctv_json_free(&json);

    cctv_json_init(&json, 1);
    cctv_geojson_begin(&json);
    cctv_geojson_end(&json, 3, 7, "http://a/b", "http://a/b?c");
    ck_assert_str_eq(text(&json),
                     "{\"type\":\"FeatureCollection\",\"features\":[],"
                     "\"numberReturned\":3,\"numberMatched\":7,\"links\":["
                     "{\"rel\":\"self\",\"type\":\"application/geo+json\","
                     "\"href\":\"http://a/b\"},"
                     "{\"rel\":\"next\",\"type\":\"application/geo+json\","
                     "\"href\":\"http://a/b?c\"}]}");
    cctv_json_free(&json);
}
END_TEST

TCase *geojson_tests(void)
{
    TCase *tc = tcase_create("geojson");

    tcase_add_test(tc, a_full_camera);
    tcase_add_test(tc, a_camera_of_which_little_is_known);
    tcase_add_test(tc, the_codecs_are_listed_where_they_are_not_just_h264);
    tcase_add_test(tc, the_longest_camera_has_room);
    tcase_add_test(tc, a_camera_without_anything_has_room);
    tcase_add_test(tc, a_collection_with_and_without_next);
    return tc;
}
