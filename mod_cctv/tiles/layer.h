/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file layer.h
 * @brief Writes a layer of points of a vector tile (Mapbox Vector Tile 2.1).
 * Layer: pure.
 */
#ifndef CCTV_TILES_LAYER_H
#define CCTV_TILES_LAYER_H

#include "json/writer.h"

#include <stdbool.h>
#include <stdint.h>

/** The width of a tile in its own units. */
#define CCTV_TILE_EXTENT 4096

/** The most different names of properties in a layer. */
#define CCTV_LAYER_KEYS_MAX 32

/** A longer name is left out. */
#define CCTV_LAYER_KEY_SIZE 32

/** Bytes in a growing buffer, which is no JSON here. */
typedef cctv_json_t cctv_bytes_t;

/** A value of the dictionary of a layer. */
typedef struct {
    uint32_t at; /* in `values` */
    uint32_t length;
    uint32_t hash;
} cctv_layer_value_t;

/** A layer while it is made. `failed` of a buffer is set if there is no
 *  memory. */
typedef struct {
    const char *name;
    cctv_bytes_t features;
    uint32_t feature_count;
    /* The values, one after the other as in the tile, and where each is. */
    cctv_bytes_t values;
    cctv_layer_value_t *known;
    uint32_t known_count;
    /* By the hash of a value: its number + 1; 0: free. Twice as many entries as
     * there is room for values. */
    uint32_t *table;
    uint32_t table_size;
    char keys[CCTV_LAYER_KEYS_MAX][CCTV_LAYER_KEY_SIZE];
    size_t key_lengths[CCTV_LAYER_KEYS_MAX];
    int key_count;
    cctv_bytes_t tags; /* of the feature that is written */
    uint64_t id;
    int32_t x;
    int32_t y;
    bool failed;
} cctv_layer_t;

/** Start a layer. @param name  has to live as long; cctv_layer_free() it */
void cctv_layer_begin(cctv_layer_t *layer, const char *name);

void cctv_layer_free(cctv_layer_t *layer);

/** Start a point. @param x, y  in the units of the tile, from its north-west */
void cctv_layer_point(cctv_layer_t *layer, uint64_t id, int32_t x, int32_t y);

/** Add a property to the point. Names beyond CCTV_LAYER_KEYS_MAX are left
 *  out. */
void cctv_layer_text(cctv_layer_t *layer, const char *key, size_t key_length,
                     const char *text, size_t length);
void cctv_layer_number(cctv_layer_t *layer, const char *key, size_t key_length,
                       double number);
void cctv_layer_bool(cctv_layer_t *layer, const char *key, size_t key_length,
                     bool value);

/** End the point. */
void cctv_layer_end_point(cctv_layer_t *layer);

/** Append the layer to a tile, unless it has no points.
 *  @return whether there was memory for all of it */
bool cctv_layer_write(const cctv_layer_t *layer, cctv_bytes_t *tile);

#endif
