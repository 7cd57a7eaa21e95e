/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file apply.c
 * @brief Makes a new generation of a catalogue from the last one and the cameras
 *        that have changed.
 * Layer: pure.
 */
#include "catalogue/apply.h"

#include "cameras/geojson.h"
#include "cameras/row.h"
#include "cameras/statements.h"

#include <stdlib.h>
#include <string.h>

/* Whether row *row is of this camera; then *camera is read, and *row goes on. */
static bool take_row(const PGresult *rows, int *row, int id,
                     cctv_camera_t *camera)
{
    if (*row >= PQntuples(rows)
        || atoi(PQgetvalue(rows, *row, CCTV_COLUMN_ID)) != id) {
        return false;
    }
    cctv_row_camera(rows, *row, camera);
    camera->name_folded = cctv_row_name_folded(rows, (*row)++);
    return true;
}

/* ---- Differences ---- */

/* @param json, feature  for the Feature of the row and of the catalogue */
static bool is_same(const cctv_catalogue_t *last, int index,
                    const cctv_camera_t *camera, cctv_json_t *json,
                    cctv_json_t *feature)
{
    cctv_streams_t streams = cctv_catalogue_streams(last, index);
    char *end;

    json->len = feature->len = 0;
    cctv_geojson_feature(json, camera);
    if (!cctv_json_reserve(feature, cctv_catalogue_feature_max(last, index))) {
        return false;
    }
    end = cctv_catalogue_put_feature(last, index, feature->data, NULL);
    return json->len == (size_t)(end - feature->data)
           && memcmp(json->data, feature->data, json->len) == 0
           && streams.first == camera->streams.first
           && streams.second == camera->streams.second;
}

int cctv_apply_differences(const cctv_catalogue_t *last, const int *ids,
                           int count, const PGresult *rows)
{
    cctv_json_t json, feature;
    int differences = 0;
    int row = 0;
    int i;

    cctv_json_init(&json, 1024);
    cctv_json_init(&feature, 1024);
    for (i = 0; i < count; i++) {
        int index = cctv_catalogue_find(last, ids[i]);
        cctv_camera_t camera;

        if (take_row(rows, &row, ids[i], &camera)) {
            differences += index < 0
                           || !is_same(last, index, &camera, &json, &feature);
        }
        else {
            differences += index >= 0;
        }
    }
    if (json.failed || feature.failed) {
        differences = -1;
    }
    cctv_json_free(&json);
    cctv_json_free(&feature);
    return differences;
}

/* ---- The new generation ---- */

void cctv_apply_begin(cctv_apply_t *apply, cctv_build_t *build,
                      const cctv_catalogue_t *last)
{
    *apply = (cctv_apply_t){ .build = build, .last = last, .next = 0 };
}

static void copy_to(cctv_apply_t *apply, int end)
{
    for (; apply->next < end; apply->next++) {
        cctv_build_copy(apply->build, apply->last, apply->next);
    }
}

/* The index of the first camera whose id is at least this one. */
static int index_from(const cctv_catalogue_t *last, int id)
{
    return cctv_catalogue_after(last, id - 1);
}

void cctv_apply_part(cctv_apply_t *apply, const int *ids, int count,
                     const PGresult *rows)
{
    const cctv_catalogue_t *last = apply->last;
    int row = 0;
    int i;

    for (i = 0; i < count; i++) {
        cctv_camera_t camera;

        copy_to(apply, index_from(last, ids[i]));
        if (apply->next < last->count
            && cctv_catalogue_id(last, apply->next) == ids[i]) {
            apply->next++;
        }
        if (take_row(rows, &row, ids[i], &camera)) {
            cctv_build_add(apply->build, &camera);
        }
    }
}

void cctv_apply_end(cctv_apply_t *apply)
{
    copy_to(apply, apply->last->count);
}
