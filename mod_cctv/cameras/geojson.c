/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file geojson.c
 * @brief Cameras as GeoJSON (RFC 7946).
 * Layer: pure.
 */
#include "cameras/geojson.h"

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

/* The most that the texts of a camera become. */
static size_t texts_size(const cctv_camera_t *c)
{
    return CCTV_JSON_ESCAPED(c->name.len + c->role.len + c->status.len
                             + c->codec.len + c->profile.len)
           + c->id.len + c->lng.len + c->lat.len + c->width.len + c->height.len
           + c->fps.len + c->heading.len + c->field_of_view.len;
}

void cctv_geojson_feature(cctv_json_t *json, const cctv_camera_t *c)
{
    char *p;

    if (!cctv_json_reserve(json, CCTV_GEOJSON_FEATURE_FIXED + texts_size(c))) {
        return;
    }
    p = json->data + json->len;
    p = CCTV_JSON_PUT(p, "{\"type\":\"Feature\",\"id\":");
    p = put_number(p, c->id);
    p = CCTV_JSON_PUT(p,
                      ",\"geometry\":{\"type\":\"Point\",\"coordinates\":[");
    p = put_number(p, c->lng);
    *p++ = ',';
    p = put_number(p, c->lat);
    p = CCTV_JSON_PUT(p, "]},\"properties\":{\"name\":");
    p = put_string(p, c->name);
    p = CCTV_JSON_PUT(p, ",\"role\":");
    p = put_string(p, c->role);
    p = CCTV_JSON_PUT(p, ",\"status\":");
    p = put_string(p, c->status);
    p = CCTV_JSON_PUT(p, ",\"playable\":");
    p = put_bool(p, c->playable);
    p = CCTV_JSON_PUT(p, ",\"codec\":");
    p = put_string(p, c->codec);
    p = CCTV_JSON_PUT(p, ",\"profile\":");
    p = put_string(p, c->profile);
    p = CCTV_JSON_PUT(p, ",\"width\":");
    p = put_number(p, c->width);
    p = CCTV_JSON_PUT(p, ",\"height\":");
    p = put_number(p, c->height);
    p = CCTV_JSON_PUT(p, ",\"fps\":");
    p = put_number(p, c->fps);
    p = CCTV_JSON_PUT(p, ",\"audio\":");
    p = put_bool(p, c->audio);
    if (c->heading.text != NULL) {
        p = CCTV_JSON_PUT(p, ",\"heading\":");
        p = put_number(p, c->heading);
    }
    if (c->field_of_view.text != NULL) {
        p = CCTV_JSON_PUT(p, ",\"field_of_view\":");
        p = put_number(p, c->field_of_view);
    }
    p = CCTV_JSON_PUT(p, "}}");
    json->len = (size_t)(p - json->data);
}

void cctv_geojson_begin(cctv_json_t *json)
{
    static const char begin[] =
        "{\"type\":\"FeatureCollection\",\"features\":[";

    cctv_json_raw(json, begin, sizeof begin - 1);
}

void cctv_geojson_end(cctv_json_t *json, int count, const char *next)
{
    static const char links[] = ",\"links\":[{\"rel\":\"next\",\"type\":"
                                "\"application/geo+json\",\"href\":";
    char number[48];
    int n;

    n = snprintf(number, sizeof number, "],\"numberReturned\":%d", count);
    cctv_json_raw(json, number, (size_t)n);
    if (next != NULL) {
        size_t len = strlen(next);

        cctv_json_raw(json, links, sizeof links - 1);
        if (cctv_json_reserve(json, CCTV_JSON_ESCAPED(len) + 2)) {
            char *end = cctv_json_put_string(json->data + json->len, next,
                                             len);

            json->len = (size_t)(end - json->data);
        }
        cctv_json_raw(json, "}]", 2);
    }
    cctv_json_raw(json, "}", 1);
}
