/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file geojson.c
 * @brief Writes cameras as GeoJSON (RFC 7946).
 * Layer: pure.
 */
#include "cameras/geojson.h"

#include "cameras/since.h"

#include <math.h>
#include <stdio.h>

static char *put_string(char *out, cctv_text_t value)
{
    return value.text == NULL
               ? CCTV_JSON_PUT(out, "null")
               : cctv_json_put_string(out, value.text, value.len);
}

static char *put_number(char *out, cctv_text_t value)
{
    return value.text == NULL
               ? CCTV_JSON_PUT(out, "null")
               : cctv_json_put_number(out, value.text, value.len);
}

static char *put_bool(char *out, bool value)
{
    return value ? CCTV_JSON_PUT(out, "true") : CCTV_JSON_PUT(out, "false");
}

/* The codecs are listed, unless "playable" says it all, as for most cameras:
 * H.264 alone, or nothing. */
static bool has_list(const cctv_camera_t *camera)
{
    return (cctv_streams_codecs(&camera->streams)
            & ~CCTV_CODEC_BIT(CCTV_CODEC_H264))
           != 0;
}

static char *put_codec(char *out, cctv_codec_t codec)
{
    const char *name = cctv_format(codec)->janus;

    return cctv_json_put_string(out, name, strlen(name));
}

/* The name of a codec has at most four letters. */
#define PLAYABLE_BY ",\"playable_by\":["
#define PLAYABLE_BY_MAX                                                       \
    (sizeof PLAYABLE_BY + sizeof "\"....\",\"....\",\"hls\"]")

static char *put_comma(char *out, bool is_next)
{
    return is_next ? CCTV_JSON_PUT(out, ",") : out;
}

/* A viewer that plays all gets the first one. */
static char *put_playable_by(char *out, const cctv_streams_t *streams)
{
    bool is_next = false;

    out = CCTV_JSON_PUT(out, PLAYABLE_BY);
    if (streams->first != CCTV_CODEC_UNKNOWN) {
        out = put_codec(out, streams->first);
        is_next = true;
    }
    if (streams->second != CCTV_CODEC_UNKNOWN
        && streams->second != streams->first) {
        out = put_codec(put_comma(out, is_next), streams->second);
        is_next = true;
    }
    if (streams->has_hls) {
        out = CCTV_JSON_PUT(put_comma(out, is_next), "\"hls\"");
    }
    return CCTV_JSON_PUT(out, "]");
}

/* The pieces of a Feature. Both its largest size and its text are generated
 * from this list, so there is always room for a piece that is written. */
#define FEATURE(RAW, STRING, NUMBER, BOOL, CODECS, SINCE, OPTIONAL,           \
                OPTIONAL_STRING, FLAG)                                        \
    RAW("{\"type\":\"Feature\",\"id\":")                                      \
    NUMBER(id)                                                                \
    RAW(",\"geometry\":{\"type\":\"Point\",\"coordinates\":[")                \
    NUMBER(lng)                                                               \
    RAW(",")                                                                  \
    NUMBER(lat)                                                               \
    RAW("]},\"properties\":{\"name\":")                                       \
    STRING(name)                                                              \
    RAW(",\"role\":")                                                         \
    STRING(role)                                                              \
    RAW(",\"status\":")                                                       \
    STRING(status)                                                            \
    SINCE()                                                                   \
    OPTIONAL_STRING(",\"status_reason\":", status_reason)                     \
    RAW(",\"playable\":")                                                     \
    BOOL(playable)                                                            \
    CODECS()                                                                  \
    RAW(",\"codec\":")                                                        \
    STRING(codec)                                                             \
    RAW(",\"profile\":")                                                      \
    STRING(profile)                                                           \
    RAW(",\"width\":")                                                        \
    NUMBER(width)                                                             \
    RAW(",\"height\":")                                                       \
    NUMBER(height)                                                            \
    RAW(",\"fps\":")                                                          \
    NUMBER(fps)                                                               \
    RAW(",\"audio\":")                                                        \
    BOOL(audio)                                                               \
    OPTIONAL(",\"heading\":", heading)                                        \
    OPTIONAL(",\"field_of_view\":", field_of_view)                            \
    OPTIONAL(",\"range_m\":", range)                                          \
    FLAG(",\"still\":true", has_still)                                        \
    RAW("}}")

/* The largest size of a piece in bytes. Four of them are room for "null" or for
 * two quotes. */
#define SIZE_RAW(text)                      size += sizeof(text) - 1;
#define SIZE_STRING(member)                 size += CCTV_JSON_ESCAPED(c->member.len) + 4;
#define SIZE_NUMBER(member)                 size += c->member.len + 4;
#define SIZE_BOOL(member)                   size += 5;
#define SIZE_CODECS()                       size += PLAYABLE_BY_MAX;
#define SIZE_SINCE()                        size += CCTV_SINCE_SIZE;
#define SIZE_OPTIONAL(piece, member)        SIZE_RAW(piece) SIZE_NUMBER(member)
#define SIZE_OPTIONAL_STRING(piece, member) SIZE_RAW(piece) SIZE_STRING(member)
#define SIZE_FLAG(piece, member)            SIZE_RAW(piece)

static size_t feature_size(const cctv_camera_t *c)
{
    size_t size = 0;

    FEATURE(SIZE_RAW, SIZE_STRING, SIZE_NUMBER, SIZE_BOOL, SIZE_CODECS,
            SIZE_SINCE, SIZE_OPTIONAL, SIZE_OPTIONAL_STRING, SIZE_FLAG)
    return size;
}

#define PUT_RAW(text)      p = CCTV_JSON_PUT(p, text);
#define PUT_STRING(member) p = put_string(p, c->member);
#define PUT_NUMBER(member) p = put_number(p, c->member);
#define PUT_BOOL(member)   p = put_bool(p, c->member);
#define PUT_CODECS()                                                          \
    if (has_list(c)) {                                                        \
        p = put_playable_by(p, &c->streams);                                  \
    }
#define PUT_SINCE() p = cctv_since_put(p, c->status_since);
#define PUT_OPTIONAL(piece, member)                                           \
    if (c->member.text != NULL) {                                             \
        PUT_RAW(piece)                                                        \
        PUT_NUMBER(member)                                                    \
    }
#define PUT_OPTIONAL_STRING(piece, member)                                    \
    if (c->member.text != NULL) {                                             \
        PUT_RAW(piece)                                                        \
        PUT_STRING(member)                                                    \
    }

#define PUT_FLAG(piece, member)                                               \
    if (c->member) {                                                          \
        PUT_RAW(piece)                                                        \
    }

void cctv_geojson_feature(cctv_json_t *json, const cctv_camera_t *c)
{
    char *p;

    if (!cctv_json_reserve(json, feature_size(c))) {
        return;
    }
    p = json->data + json->len;
    FEATURE(PUT_RAW, PUT_STRING, PUT_NUMBER, PUT_BOOL, PUT_CODECS, PUT_SINCE,
            PUT_OPTIONAL, PUT_OPTIONAL_STRING, PUT_FLAG)
    json->len = (size_t)(p - json->data);
}

void cctv_geojson_begin(cctv_json_t *json)
{
    static const char begin[] =
        "{\"type\":\"FeatureCollection\",\"features\":[";

    cctv_json_raw(json, begin, sizeof begin - 1);
}

static void put_text(cctv_json_t *json, const char *text)
{
    cctv_json_raw(json, text, strlen(text));
}

/* @param count  the number of links before this one */
static void put_link(cctv_json_t *json, int count, const char *rel,
                     const char *type, const char *href)
{
    size_t len = strlen(href);

    put_text(json, count == 0 ? ",\"links\":[{\"rel\":\"" : ",{\"rel\":\"");
    put_text(json, rel);
    put_text(json, "\",\"type\":\"application/");
    put_text(json, type);
    put_text(json, "\",\"href\":");
    if (cctv_json_reserve(json, CCTV_JSON_ESCAPED(len) + 2)) {
        char *end = cctv_json_put_string(json->data + json->len, href, len);

        json->len = (size_t)(end - json->data);
    }
    put_text(json, "}");
}

void cctv_geojson_end(cctv_json_t *json, int count, int matched,
                      const char *self, const char *next)
{
    char number[48];
    int links = 0;

    (void)snprintf(number, sizeof number, "],\"numberReturned\":%d", count);
    put_text(json, number);
    if (matched >= 0) {
        (void)snprintf(number, sizeof number, ",\"numberMatched\":%d",
                       matched);
        put_text(json, number);
    }
    if (self != NULL) {
        put_link(json, links++, "self", "geo+json", self);
    }
    if (next != NULL) {
        put_link(json, links++, "next", "geo+json", next);
    }
    put_text(json, links > 0 ? "]}" : "}");
}

/* Seven decimals are a centimetre. The decimal separator is a point in every
 * locale. */
static void put_degrees(cctv_json_t *json, double degrees)
{
    long long units = llround(fabs(degrees) * 1e7);
    char number[48];
    size_t len;

    (void)snprintf(number, sizeof number, "%s%lld.%07lld",
                   degrees < 0 && units > 0 ? "-" : "", units / 10000000,
                   units % 10000000);
    for (len = strlen(number); number[len - 1] == '0'; len--) {
    }
    cctv_json_raw(json, number, number[len - 1] == '.' ? len - 1 : len);
}

void cctv_geojson_extent(cctv_json_t *json, const cctv_bbox_t *extent)
{
    if (json->failed) {
        return;
    }
    json->len--;
    put_text(json, ",\"extent\":[");
    put_degrees(json, extent->west);
    put_text(json, ",");
    put_degrees(json, extent->south);
    put_text(json, ",");
    put_degrees(json, extent->east);
    put_text(json, ",");
    put_degrees(json, extent->north);
    put_text(json, "]}");
}

void cctv_geojson_link(cctv_json_t *json, const char *self,
                       const char *collection)
{
    if (json->failed) {
        return;
    }
    json->len--;
    put_link(json, 0, "self", "geo+json", self);
    put_link(json, 1, "collection", "json", collection);
    put_text(json, "]}");
}
