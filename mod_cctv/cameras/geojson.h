/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file geojson.h
 * @brief Writes cameras as GeoJSON (RFC 7946).
 * Layer: pure.
 */
#ifndef CCTV_CAMERAS_GEOJSON_H
#define CCTV_CAMERAS_GEOJSON_H

#include "cameras/bbox.h"
#include "cameras/camera.h"
#include "json/writer.h"

/** Append one Feature. Thread-safe on different writers. */
void cctv_geojson_feature(cctv_json_t *json, const cctv_camera_t *camera);

/**
 * Append the start of a FeatureCollection. The caller then appends the
 * features with commas between them.
 */
void cctv_geojson_begin(cctv_json_t *json);

/**
 * Append the end of a FeatureCollection.
 *
 * @param count    the number of features in it
 * @param matched  the number of all cameras that match; -1: it is left out
 * @param self     the address of this answer; NULL: it is left out
 * @param next     the address of the next page; NULL: there is none
 */
void cctv_geojson_end(cctv_json_t *json, int count, int matched,
                      const char *self, const char *next);

/** Add the box around all cameras that match to the FeatureCollection that was
 *  ended last. */
void cctv_geojson_extent(cctv_json_t *json, const cctv_bbox_t *extent);

/**
 * Add links to the Feature that was appended last. @param collection  the
 * address of the collection
 */
void cctv_geojson_link(cctv_json_t *json, const char *self,
                       const char *collection);

#endif
