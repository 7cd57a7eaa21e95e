/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file tile.h
 * @brief Makes vector tiles (Mapbox Vector Tile 2.1) of a catalogue.
 * Layer: pure.
 *
 * A tile has the layers `clusters` and `cameras`: the clusters and the cameras of
 * clusters/answer.h, each a point with the same properties. A tile of zoom z has
 * 4 * 4 cells, and those around it: a buffer of 64 pixels where a tile has 256.
 */
#ifndef CCTV_TILES_TILE_H
#define CCTV_TILES_TILE_H

#include "catalogue/search.h"
#include "json/writer.h"

/** The greatest zoom of a tile. */
#define CCTV_TILE_ZOOM_MAX 24

typedef struct {
    int zoom;
    uint32_t column; /**< below 2^zoom, from the west */
    uint32_t row;    /**< from the north */
} cctv_tile_t;

/** Parse the path of a tile: "3/5/2.mvt". Numbers have no leading zeros.
 *  @return whether there is such a tile */
bool cctv_tile_parse(const char *path, cctv_tile_t *out);

/**
 * Make a tile; it is empty if there is nothing in it.
 *
 * @param out  started here; `failed` is set if there is no memory
 */
void cctv_tile_make(const cctv_search_t *search, const cctv_tile_t *tile,
                    cctv_json_t *out);

#endif
