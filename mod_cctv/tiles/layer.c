/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file layer.c
 * @brief Writes a layer of points of a vector tile.
 * Layer: pure.
 */
#include "tiles/layer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* The fields of vector_tile.proto. */
enum {
    TILE_LAYER = 3,
    LAYER_NAME = 1,
    LAYER_FEATURE = 2,
    LAYER_KEY = 3,
    LAYER_VALUE = 4,
    LAYER_EXTENT = 5,
    LAYER_VERSION = 15,
    FEATURE_ID = 1,
    FEATURE_TAGS = 2,
    FEATURE_TYPE = 3,
    FEATURE_GEOMETRY = 4,
    VALUE_TEXT = 1,
    VALUE_DOUBLE = 3,
    VALUE_UINT = 5,
    VALUE_SINT = 6,
    VALUE_BOOL = 7
};

enum {
    WIRE_VARINT = 0,
    WIRE_64 = 1,
    WIRE_BYTES = 2
};

#define VERSION     2
#define TYPE_POINT  1
#define MOVE_TO_ONE 9 /* the command 1, once */

/* The most bytes of a varint. */
#define VARINT_MAX 10

/* Whole numbers of doubles are exact below this. */
#define EXACT 9007199254740992.0

/* ---- Protobuf ---- */

static size_t varint(char *out, uint64_t value)
{
    size_t length = 0;

    for (; value >= 0x80; value >>= 7) {
        out[length++] = (char)(value | 0x80);
    }
    out[length++] = (char)value;
    return length;
}

static void put_varint(cctv_bytes_t *to, uint64_t value)
{
    char bytes[VARINT_MAX];

    cctv_json_raw(to, bytes, varint(bytes, value));
}

static void put_tag(cctv_bytes_t *to, unsigned field, unsigned wire)
{
    put_varint(to, field << 3 | wire);
}

static void put_number(cctv_bytes_t *to, unsigned field, uint64_t value)
{
    put_tag(to, field, WIRE_VARINT);
    put_varint(to, value);
}

static void put_bytes(cctv_bytes_t *to, unsigned field, const char *data,
                      size_t length)
{
    put_tag(to, field, WIRE_BYTES);
    put_varint(to, length);
    cctv_json_raw(to, data, length);
}

static uint64_t zigzag(int64_t value)
{
    return (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0);
}

/* ---- Values ---- */

void cctv_layer_begin(cctv_layer_t *layer, const char *name)
{
    *layer = (cctv_layer_t){ .name = name };
    cctv_json_init(&layer->features, 1024);
    cctv_json_init(&layer->values, 1024);
    cctv_json_init(&layer->tags, 64);
}

void cctv_layer_free(cctv_layer_t *layer)
{
    cctv_json_free(&layer->features);
    cctv_json_free(&layer->values);
    cctv_json_free(&layer->tags);
    free(layer->table);
    free(layer->known);
}

void cctv_layer_point(cctv_layer_t *layer, uint64_t id, int32_t x, int32_t y)
{
    layer->id = id;
    layer->x = x;
    layer->y = y;
    layer->tags.len = 0;
}

/* @return CCTV_LAYER_KEYS_MAX: there are too many */
static int key_of(cctv_layer_t *layer, const char *key, size_t length)
{
    int i;

    for (i = 0; i < layer->key_count; i++) {
        if (layer->key_lengths[i] == length
            && memcmp(layer->keys[i], key, length) == 0) {
            return i;
        }
    }
    if (length > CCTV_LAYER_KEY_SIZE) {
        return CCTV_LAYER_KEYS_MAX;
    }
    if (i < CCTV_LAYER_KEYS_MAX) {
        memcpy(layer->keys[i], key, length);
        layer->key_lengths[i] = length;
        layer->key_count++;
    }
    return i;
}

/* The place in the table of a value, or a free one. */
static uint32_t place_of(const cctv_layer_t *layer, const char *value,
                         const cctv_layer_value_t *wanted)
{
    uint32_t mask = layer->table_size - 1;
    uint32_t at = wanted->hash & mask;

    for (; layer->table[at] != 0; at = (at + 1) & mask) {
        const cctv_layer_value_t *known = &layer->known[layer->table[at] - 1];

        if (known->hash == wanted->hash && known->length == wanted->length
            && memcmp(layer->values.data + known->at, value, wanted->length)
                   == 0) {
            break;
        }
    }
    return at;
}

/* Make room for a further value. @return whether there is memory */
static bool reserve(cctv_layer_t *layer)
{
    uint32_t size = layer->table_size == 0 ? 256 : layer->table_size * 2;
    cctv_layer_value_t *known;
    uint32_t *table;
    uint32_t i;

    if (2 * layer->known_count < layer->table_size) {
        return true;
    }
    known = realloc(layer->known, size / 2 * sizeof *known);
    if (known == NULL) {
        return false;
    }
    layer->known = known;
    table = calloc(size, sizeof *table);
    if (table == NULL) {
        return false;
    }
    free(layer->table);
    layer->table = table;
    layer->table_size = size;
    for (i = 0; i < layer->known_count; i++) {
        uint32_t at = known[i].hash & (size - 1);

        while (table[at] != 0) {
            at = (at + 1) & (size - 1);
        }
        table[at] = i + 1;
    }
    return true;
}

/* @param value  as it stands in the tile, without its tag and length
 * @return its number */
static uint32_t value_of(cctv_layer_t *layer, const char *value, size_t length)
{
    cctv_layer_value_t wanted = { .length = (uint32_t)length,
                                  .hash = (uint32_t)XXH3_64bits(value,
                                                                length) };
    uint32_t at;

    if (!reserve(layer)) {
        layer->failed = true;
        return 0;
    }
    at = place_of(layer, value, &wanted);
    if (layer->table[at] == 0) {
        put_tag(&layer->values, LAYER_VALUE, WIRE_BYTES);
        put_varint(&layer->values, length);
        wanted.at = (uint32_t)layer->values.len;
        cctv_json_raw(&layer->values, value, length);
        layer->known[layer->known_count++] = wanted;
        layer->table[at] = layer->known_count;
    }
    return layer->table[at] - 1;
}

static void add_value(cctv_layer_t *layer, const char *key, size_t key_length,
                      const char *value, size_t length)
{
    int number = key_of(layer, key, key_length);

    if (number < CCTV_LAYER_KEYS_MAX && !layer->failed
        && !layer->values.failed) {
        put_varint(&layer->tags, (uint64_t)number);
        put_varint(&layer->tags, value_of(layer, value, length));
    }
}

void cctv_layer_text(cctv_layer_t *layer, const char *key, size_t key_length,
                     const char *text, size_t length)
{
    cctv_bytes_t value;

    cctv_json_init(&value, length + 2 * VARINT_MAX);
    put_bytes(&value, VALUE_TEXT, text, length);
    if (value.failed) {
        layer->failed = true;
    }
    else {
        add_value(layer, key, key_length, value.data, value.len);
    }
    cctv_json_free(&value);
}

/* Whole numbers are shorter as such. */
static size_t put_value(char *out, double number)
{
    size_t length;

    if (floor(number) == number && fabs(number) < EXACT) {
        length = varint(out, number < 0 ? VALUE_SINT << 3 : VALUE_UINT << 3);
        return length
               + varint(out + length, number < 0 ? zigzag((int64_t)number)
                                                 : (uint64_t)number);
    }
    length = varint(out, VALUE_DOUBLE << 3 | WIRE_64);
    memcpy(out + length, &number, sizeof number);
    return length + sizeof number;
}

void cctv_layer_number(cctv_layer_t *layer, const char *key, size_t key_length,
                       double number)
{
    char value[2 * VARINT_MAX];

    add_value(layer, key, key_length, value, put_value(value, number));
}

void cctv_layer_bool(cctv_layer_t *layer, const char *key, size_t key_length,
                     bool value)
{
    char bytes[] = { VALUE_BOOL << 3, value ? 1 : 0 };

    add_value(layer, key, key_length, bytes, sizeof bytes);
}

/* ---- Features ---- */

void cctv_layer_end_point(cctv_layer_t *layer)
{
    cctv_bytes_t *out = &layer->features;
    char id[2 * VARINT_MAX], tags[2 * VARINT_MAX], place[6 * VARINT_MAX];
    char geometry[3 * VARINT_MAX];
    size_t id_length = varint(id, FEATURE_ID << 3);
    size_t tags_length = varint(tags, FEATURE_TAGS << 3 | WIRE_BYTES);
    size_t place_length = varint(place, FEATURE_TYPE << 3);
    size_t geometry_length = varint(geometry, MOVE_TO_ONE);

    id_length += varint(id + id_length, layer->id);
    tags_length += varint(tags + tags_length, layer->tags.len);
    geometry_length += varint(geometry + geometry_length, zigzag(layer->x));
    geometry_length += varint(geometry + geometry_length, zigzag(layer->y));
    place_length += varint(place + place_length, TYPE_POINT);
    place_length += varint(place + place_length,
                           FEATURE_GEOMETRY << 3 | WIRE_BYTES);
    place_length += varint(place + place_length, geometry_length);
    memcpy(place + place_length, geometry, geometry_length);
    place_length += geometry_length;
    put_tag(out, LAYER_FEATURE, WIRE_BYTES);
    put_varint(out, id_length + tags_length + layer->tags.len + place_length);
    cctv_json_raw(out, id, id_length);
    cctv_json_raw(out, tags, tags_length);
    cctv_json_raw(out, layer->tags.data, layer->tags.len);
    cctv_json_raw(out, place, place_length);
    layer->feature_count++;
}

bool cctv_layer_write(const cctv_layer_t *layer, cctv_bytes_t *tile)
{
    cctv_bytes_t body;
    bool is_written;
    int i;

    if (layer->failed || layer->features.failed || layer->values.failed
        || layer->tags.failed) {
        return false;
    }
    if (layer->feature_count == 0) {
        return true;
    }
    cctv_json_init(&body, layer->features.len + layer->values.len + 1024);
    put_number(&body, LAYER_VERSION, VERSION);
    put_bytes(&body, LAYER_NAME, layer->name, strlen(layer->name));
    cctv_json_raw(&body, layer->features.data, layer->features.len);
    for (i = 0; i < layer->key_count; i++) {
        put_bytes(&body, LAYER_KEY, layer->keys[i], layer->key_lengths[i]);
    }
    cctv_json_raw(&body, layer->values.data, layer->values.len);
    put_number(&body, LAYER_EXTENT, CCTV_TILE_EXTENT);
    if (!body.failed) {
        put_bytes(tile, TILE_LAYER, body.data, body.len);
    }
    is_written = !body.failed;
    cctv_json_free(&body);
    return is_written;
}
