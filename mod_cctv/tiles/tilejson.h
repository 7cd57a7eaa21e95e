/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file tilejson.h
 * @brief The description of the vector tiles: TileJSON 3.0.
 * Layer: pure.
 */
#ifndef CCTV_TILES_TILEJSON_H
#define CCTV_TILES_TILEJSON_H

#include <jansson.h>

/** The zoom of the tiles that clients enlarge for greater zooms: with it, cells
 *  show their cameras. */
#define CCTV_TILEJSON_ZOOM_MAX 18

/**
 * Make the document.
 *
 * @param base   the absolute address of the tiles, without a slash at its end:
 *               MapLibre follows no relative one
 * @param query  what each tile is asked with; NULL: nothing
 * @return owned by the caller; NULL: there is no memory
 * Thread-safe.
 */
json_t *cctv_tilejson(const char *base, const char *query);

#endif
