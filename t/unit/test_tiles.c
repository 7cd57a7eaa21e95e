/* SPDX-License-Identifier: Apache-2.0 */
#include "t_catalogue.h"
#include "t_common.h"

#include "clusters/answer.h"
#include "tiles/layer.h"
#include "tiles/members.h"
#include "tiles/tile.h"
#include "tiles/tilejson.h"

#include "apr_strings.h"

#include <string.h>

/* ---- Paths ---- */

START_TEST(only_what_is_a_tile_is_one)
{
    static const char *const wrong[] = { "",
                                         "0/0/0",
                                         "0/0/1.mvt",
                                         "1/2/0.mvt",
                                         "1/0/2.mvt",
                                         "25/0/0.mvt",
                                         "-1/0/0.mvt",
                                         "1/00/0.mvt",
                                         "01/0/0.mvt",
                                         "1/0/0.pbf",
                                         "1/0/0.mvtx",
                                         "1//0.mvt",
                                         "1/0/.mvt",
                                         "1/0/0/0.mvt",
                                         "3/99999999999/0.mvt",
                                         "99999999999999999999/0/0.mvt",
                                         "1/0x1/0.mvt",
                                         " 1/0/0.mvt",
                                         "{z}/{x}/{y}.mvt" };
    cctv_tile_t tile;
    size_t i;

    for (i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ck_assert_msg(!cctv_tile_parse(wrong[i], &tile), "%s", wrong[i]);
    }
    ck_assert(cctv_tile_parse("0/0/0.mvt", &tile));
    ck_assert(cctv_tile_parse("24/16777215/16777214.mvt", &tile));
    ck_assert_int_eq(tile.zoom, 24);
    ck_assert_uint_eq(tile.column, 16777215);
    ck_assert_uint_eq(tile.row, 16777214);
}
END_TEST

/* ---- Members ---- */

START_TEST(members_of_a_feature_are_read)
{
    static const char feature[] =
        "{\"type\":\"Feature\",\"properties\":{\"name\":\"A \\\"b\\\" "
        "\\u0001\\n{,}\",\"list\":[\"x\",\"]\"],\"no\":null,\"w\":-1.5,"
        "\"yes\":true,\"not\":false}}";
    const char *end = feature + sizeof feature - 1;
    const char *at = cctv_members_begin(feature, end);
    static const cctv_member_kind_t kinds[] = {
        CCTV_MEMBER_TEXT,   CCTV_MEMBER_OTHER, CCTV_MEMBER_OTHER,
        CCTV_MEMBER_NUMBER, CCTV_MEMBER_TRUE,  CCTV_MEMBER_FALSE
    };
    cctv_member_t member;
    char text[64];
    size_t cut;
    int i;

    for (i = 0; i < 6; i++) {
        at = cctv_members_next(at, end, &member);
        ck_assert_ptr_nonnull(at);
        ck_assert_int_eq(member.kind, kinds[i]);
        if (i == 0) {
            *cctv_members_unescape(member.value, member.length, text) = '\0';
            ck_assert_str_eq(text, "A \"b\" \001\n{,}");
        }
        if (i == 3) {
            ck_assert_int_eq(strncmp(member.value, "-1.5", 4), 0);
            ck_assert_uint_eq(member.length, 4);
        }
    }
    ck_assert_ptr_null(cctv_members_next(at, end, &member));
    /* A Feature that was cut off ends somewhere. */
    for (cut = 0; cut < sizeof feature - 1; cut++) {
        char *copy = apr_pstrmemdup(pool, feature, cut);

        at = cctv_members_begin(copy, copy + cut);
        while (at != NULL) {
            at = cctv_members_next(at, copy + cut, &member);
        }
    }
}
END_TEST

/* ---- Layers ---- */

/* By hand, from vector_tile.proto of the specification. */
START_TEST(a_layer_has_the_bytes_of_the_specification)
{
    static const char wanted[] = "\x1a\x37\x78\2\x0a\1p"
                                 "\x12\x0f\x08\1\x12\4\0\0\1\1\x18\1"
                                 "\x22\3\x09\x32\x22"
                                 "\x12\x0d\x08\2\x12\2\0\0\x18\1"
                                 "\x22\3\x09\1\x08"
                                 "\x1a\1"
                                 "a\x1a\1"
                                 "b"
                                 "\x22\3\x0a\1x\x22\2\x38\1"
                                 "\x28\x80\x20";
    cctv_layer_t layer;
    cctv_json_t tile;

    cctv_layer_begin(&layer, "p");
    cctv_layer_point(&layer, 1, 25, 17);
    cctv_layer_text(&layer, "a", 1, "x", 1);
    cctv_layer_bool(&layer, "b", 1, true);
    cctv_layer_end_point(&layer);
    cctv_layer_point(&layer, 2, -1, 4);
    cctv_layer_text(&layer, "a", 1, "x", 1);
    cctv_layer_end_point(&layer);
    cctv_json_init(&tile, 8);
    ck_assert(cctv_layer_write(&layer, &tile));
    ck_assert_uint_eq(tile.len, sizeof wanted - 1);
    ck_assert_int_eq(memcmp(tile.data, wanted, tile.len), 0);
    cctv_json_free(&tile);
    cctv_layer_free(&layer);
}
END_TEST

/* ---- Tiles ---- */

/* A walk through a message. */
typedef struct {
    const unsigned char *at;
    const unsigned char *end;
    unsigned field;
    uint64_t number; /* or the length of what is at `bytes` */
    const unsigned char *bytes;
} message_t;

static uint64_t varint(message_t *m)
{
    uint64_t value = 0;
    int shift = 0;

    do {
        ck_assert(m->at < m->end && shift < 64);
        value |= (uint64_t)(*m->at & 0x7f) << shift;
        shift += 7;
    } while (*m->at++ & 0x80);
    return value;
}

static bool next(message_t *m)
{
    uint64_t tag;

    if (m->at == m->end) {
        return false;
    }
    tag = varint(m);
    m->field = (unsigned)(tag >> 3);
    m->bytes = NULL;
    if ((tag & 7) == 1) {
        m->at += 8;
        return true;
    }
    m->number = varint(m);
    if ((tag & 7) == 2) {
        m->bytes = m->at;
        m->at += m->number;
    }
    else {
        ck_assert_uint_eq(tag & 7, 0);
    }
    ck_assert(m->at <= m->end);
    return true;
}

static message_t inner(const message_t *m)
{
    ck_assert_ptr_nonnull(m->bytes);
    return (message_t){ .at = m->bytes, .end = m->bytes + m->number };
}

typedef struct {
    uint64_t inside; /* cameras whose point is in the tile itself */
    int clusters;
    int cameras;
} found_t;

static uint32_t count_of(const unsigned char *value, uint64_t length)
{
    message_t m = { .at = value, .end = value + length };

    ck_assert(next(&m));
    return (uint32_t)m.number;
}

static void read_point(message_t feature, bool is_cluster,
                       const message_t *values, found_t *found)
{
    uint64_t count = 1;
    int64_t place[2] = { 0 };

    while (next(&feature)) {
        message_t m = feature.bytes == NULL ? feature : inner(&feature);
        int i;

        if (feature.field == 2 && is_cluster) {
            ck_assert_uint_eq(varint(&m), 0); /* the first key: count */
            i = (int)varint(&m);
            count = count_of(values[i].bytes, values[i].number);
        }
        if (feature.field == 4) {
            ck_assert_uint_eq(varint(&m), 9);
            for (i = 0; i < 2; i++) {
                uint64_t v = varint(&m);

                place[i] = (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
                ck_assert_int_ge(place[i], -1024);
                ck_assert_int_lt(place[i], 4096 + 1024);
            }
        }
    }
    if (place[0] >= 0 && place[0] < 4096 && place[1] >= 0 && place[1] < 4096) {
        found->inside += count;
    }
    *(is_cluster ? &found->clusters : &found->cameras) += 1;
}

static void read_layer(message_t layer, found_t *found)
{
    static message_t values[20000];
    message_t all = layer;
    bool is_cluster = false;
    int count = 0;

    while (next(&all)) {
        if (all.field == 1) {
            is_cluster = memcmp(all.bytes, "clusters", 7) == 0;
        }
        if (all.field == 4) {
            values[count++] = all;
        }
        if (all.field == 5) {
            ck_assert_uint_eq(all.number, CCTV_TILE_EXTENT);
        }
    }
    while (next(&layer)) {
        if (layer.field == 2) {
            read_point(inner(&layer), is_cluster, values, found);
        }
    }
}

static found_t read_tile(const cctv_catalogue_t *c,
                         const cctv_filter_t *filter, const char *path)
{
    cctv_search_t search;
    cctv_tile_t tile;
    cctv_json_t made;
    message_t m;
    found_t found = { 0 };

    ck_assert(cctv_tile_parse(path, &tile));
    cctv_search_init(pool, c, filter, &search);
    cctv_tile_make(&search, &tile, &made);
    ck_assert(!made.failed);
    m = (message_t){ .at = (unsigned char *)made.data,
                     .end = (unsigned char *)made.data + made.len };
    while (next(&m)) {
        ck_assert_uint_eq(m.field, 3);
        read_layer(inner(&m), &found);
    }
    cctv_json_free(&made);
    return found;
}

/* The tiles of a zoom together have each camera once, apart from buffers. */
START_TEST(tiles_have_all_cameras)
{
    int count = 6000;
    t_camera_t *cameras = t_cameras(count, 5, 3);
    cctv_filter_t filter = { .limit = 1 };
    t_catalogue_t base;
    int zoom;

    t_catalogue(cameras, count, &base);
    for (zoom = 0; zoom < 5; zoom++) {
        found_t sum = { 0 };
        int column, row;

        for (column = 0; column < 1 << zoom; column++) {
            for (row = 0; row < 1 << zoom; row++) {
                found_t found = read_tile(
                    &base.c, &filter,
                    apr_psprintf(pool, "%d/%d/%d.mvt", zoom, column, row));

                sum.inside += found.inside;
                sum.clusters += found.clusters;
                sum.cameras += found.cameras;
            }
        }
        ck_assert_uint_eq(sum.inside, (uint64_t)count);
        ck_assert_int_gt(sum.clusters, 0);
        ck_assert(sum.cameras > 0 || zoom < 2);
    }
    /* Berlin, near. */
    ck_assert_int_gt(read_tile(&base.c, &filter, "14/8802/5373.mvt").cameras,
                     0);
    t_catalogue_free(&base);
}
END_TEST

START_TEST(the_description_is_tilejson)
{
    json_t *made = cctv_tilejson("https://x.example/t", "role=a");

    ck_assert_ptr_nonnull(made);
    ck_assert_str_eq(
        json_string_value(json_array_get(json_object_get(made, "tiles"), 0)),
        "https://x.example/t/{z}/{x}/{y}.mvt?role=a");
    ck_assert_uint_eq(json_array_size(json_object_get(made, "vector_layers")),
                      2);
    json_decref(made);
}
END_TEST

TCase *tiles_tests(void)
{
    TCase *tcase = tcase_create("tiles");

    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, only_what_is_a_tile_is_one);
    tcase_add_test(tcase, members_of_a_feature_are_read);
    tcase_add_test(tcase, a_layer_has_the_bytes_of_the_specification);
    tcase_add_test(tcase, tiles_have_all_cameras);
    tcase_add_test(tcase, the_description_is_tilejson);
    return tcase;
}
