/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file answer.h
 * @brief Writes the clusters of a map as GeoJSON.
 * Layer: pure.
 */
#ifndef CCTV_CLUSTERS_ANSWER_H
#define CCTV_CLUSTERS_ANSWER_H

#include "catalogue/search.h"
#include "json/writer.h"

/** The greatest zoom that can be asked for: Leaflet and MapLibre go no
 *  further. */
#define CCTV_CLUSTERS_ZOOM_MAX 24

/** From this zoom on, cells show their cameras unless there are very many. */
#define CCTV_CLUSTERS_ZOOM_NEAR 17

/** The level of the cells (catalogue/cells.h) at a zoom: they are 64 pixels
 *  wide where a tile of the map has 256. */
int cctv_clusters_level(int zoom);

/** Up to so many cameras of a cell are shown themselves. */
int cctv_clusters_few(int zoom);

/** The zoom at which a box is answered: the one asked for, or a smaller one if
 *  the box has more cells than any screen. @param box  NULL: the world */
int cctv_clusters_zoom(const cctv_bbox_t *box, int zoom);

/**
 * Write the FeatureCollection of a search at a zoom: of each cell of the grid
 * one cluster, or its cameras if it has few.
 *
 * @param allowed  the names (const char *) of the roles that the requester may
 *                 see, whatever the search asks for; NULL: all
 * @param json     started here; `failed` is set if there is no memory
 */
void cctv_clusters_answer(const cctv_search_t *search, int zoom,
                          const apr_array_header_t *allowed,
                          cctv_json_t *json);

#endif
