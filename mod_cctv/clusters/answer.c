/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file answer.c
 * @brief Writes the clusters of a map as GeoJSON.
 * Layer: pure.
 */
#include "clusters/answer.h"

#include "cameras/geojson.h"
#include "catalogue/cells.h"
#include "catalogue/words.h"
#include "metrics/output.h"

#include <inttypes.h>
#include <stdio.h>

/* A tile of 256 pixels has four cells in a row. */
#define LEVELS_BELOW_TILE 2

#define FEW      3
#define FEW_NEAR 100

/* A screen of 7680 * 4320 pixels has this many cells of 64 pixels. */
#define CELLS_MAX 8192

/* The most cameras in an answer: as many as where all cells have few. */
#define CAMERAS_MAX (FEW * CELLS_MAX)

/* The most names of roles in an answer. */
#define ROLES_MAX 256

/* Bytes of a cluster's Feature, at most. */
#define CLUSTER_SIZE 448

int cctv_clusters_level(int zoom)
{
    int level = zoom + LEVELS_BELOW_TILE;

    return level < CCTV_CELLS_LEVEL_MAX ? level : CCTV_CELLS_LEVEL_MAX;
}

int cctv_clusters_few(int zoom)
{
    return zoom < CCTV_CLUSTERS_ZOOM_NEAR ? FEW : FEW_NEAR;
}

static const cctv_bbox_t world = { -180, -90, 180, 90 };

static uint64_t cells_of(const cctv_bbox_t *box, int level)
{
    cctv_cells_window_t windows[2];
    int count = cctv_cells_windows(box, level, windows);
    uint64_t cells = 0;

    while (count-- > 0) {
        const cctv_cells_window_t *at = &windows[count];

        cells += ((uint64_t)at->east - at->west + 1)
                 * ((uint64_t)at->south - at->north + 1);
    }
    return cells;
}

int cctv_clusters_zoom(const cctv_bbox_t *box, int zoom)
{
    while (zoom > 0
           && cells_of(box == NULL ? &world : box, cctv_clusters_level(zoom))
                  > CELLS_MAX) {
        zoom--;
    }
    return zoom;
}

typedef struct {
    const cctv_catalogue_t *catalogue;
    int level;
    cctv_json_t *json;
    int features;
    uint32_t cameras; /* of the features */
    uint64_t matched;
} answer_t;

static char *put_degrees(char *p, int32_t units)
{
    uint64_t size = (uint64_t)(units < 0 ? -(int64_t)units : units);
    uint64_t rest = size % CCTV_CATALOGUE_UNITS;

    if (units < 0) {
        *p++ = '-';
    }
    p = cctv_output_put_number(p, size / CCTV_CATALOGUE_UNITS);
    if (rest != 0) {
        *p++ = '.';
    }
    for (; rest > 0; rest = rest * 10 % CCTV_CATALOGUE_UNITS) {
        *p++ = (char)('0' + rest * 10 / CCTV_CATALOGUE_UNITS);
    }
    return p;
}

static char *put_position(char *p, int32_t lng, int32_t lat)
{
    p = put_degrees(p, lng);
    *p++ = ',';
    return put_degrees(p, lat);
}

static char *put_counts(char *p, const cctv_cell_t *cell)
{
    int status;

    p = CCTV_JSON_PUT(p, "\"cluster\":true,\"count\":");
    p = cctv_output_put_number(p, cell->count);
    for (status = 0; status < CCTV_CAMERA_STATUS_COUNT; status++) {
        const char *label = cctv_camera_status_labels[status];

        *p++ = ',';
        p = cctv_json_put_string(p, label, strlen(label));
        *p++ = ':';
        p = cctv_output_put_number(p, cell->status[status]);
    }
    p = CCTV_JSON_PUT(p, ",\"playable\":");
    return cctv_output_put_number(p, cell->playable);
}

static void put_cluster(answer_t *answer, const cctv_cell_t *cell)
{
    cctv_json_t *json = answer->json;
    char *p;

    if (!cctv_json_reserve(json, CLUSTER_SIZE)) {
        return;
    }
    p = json->data + json->len;
    p = CCTV_JSON_PUT(p, "{\"type\":\"Feature\",\"id\":\"");
    p = cctv_output_put_number(p, (uint64_t)answer->level);
    *p++ = '/';
    p = cctv_output_put_number(p, cell->column);
    *p++ = '/';
    p = cctv_output_put_number(p, cell->row);
    p = CCTV_JSON_PUT(p, "\",\"bbox\":[");
    p = put_position(p, cell->box.west, cell->box.south);
    *p++ = ',';
    p = put_position(p, cell->box.east, cell->box.north);
    p = CCTV_JSON_PUT(p,
                      "],\"geometry\":{\"type\":\"Point\",\"coordinates\":[");
    p = put_position(p, cell->centre.lng, cell->centre.lat);
    p = CCTV_JSON_PUT(p, "]},\"properties\":{");
    p = put_counts(p, cell);
    p = CCTV_JSON_PUT(p, "}},");
    json->len = (size_t)(p - json->data);
    answer->features++;
}

static void put_camera(answer_t *answer, int index)
{
    cctv_json_t *json = answer->json;
    const cctv_catalogue_t *c = answer->catalogue;
    char *end;

    if (!cctv_json_reserve(json, cctv_catalogue_feature_max(c, index) + 1)) {
        return;
    }
    end = cctv_catalogue_put_feature(c, index, json->data + json->len, NULL);
    *end++ = ',';
    json->len = (size_t)(end - json->data);
    answer->features++;
}

/* A cctv_cells_visit_t. */
static bool put_cell(void *context, const cctv_cell_t *cell)
{
    answer_t *answer = context;
    uint32_t i;

    answer->matched += cell->count;
    if (cell->cameras == NULL || answer->cameras + cell->count > CAMERAS_MAX) {
        put_cluster(answer, cell);
        return !answer->json->failed;
    }
    answer->cameras += cell->count;
    for (i = 0; i < cell->count; i++) {
        put_camera(answer, cell->cameras[i]);
    }
    return !answer->json->failed;
}

/* ---- Roles ---- */

static bool is_allowed(const apr_array_header_t *allowed, cctv_text_t role)
{
    int i;

    for (i = 0; allowed != NULL && i < allowed->nelts; i++) {
        const char *name = APR_ARRAY_IDX(allowed, i, const char *);

        if (strlen(name) == role.len
            && memcmp(name, role.text, role.len) == 0) {
            return true;
        }
    }
    return allowed == NULL;
}

static void put_role(cctv_json_t *json, cctv_text_t role, bool is_first)
{
    char *p;

    if (!cctv_json_reserve(json, CCTV_JSON_ESCAPED(role.len) + 3)) {
        return;
    }
    p = json->data + json->len;
    if (!is_first) {
        *p++ = ',';
    }
    p = cctv_json_put_string(p, role.text, role.len);
    json->len = (size_t)(p - json->data);
}

/* Take the next name of two sorted dictionaries. @return false: there is none */
static bool next_role(const cctv_catalogue_t *c, uint32_t at[2],
                      cctv_text_t *out)
{
    const cctv_catalogue_t *changes = c->changes;
    bool has_base = at[0] < c->head->roles;
    bool has_change = changes != NULL && at[1] < changes->head->roles;
    cctv_text_t change;
    int order = has_base ? -1 : 1;

    if (!has_base && !has_change) {
        return false;
    }
    if (has_base) {
        *out = cctv_catalogue_role_name(c, at[0]);
    }
    if (has_change) {
        change = cctv_catalogue_role_name(changes, at[1]);
        order = has_base ? cctv_role_compare(*out, change) : 1;
        *out = order <= 0 ? *out : change;
    }
    at[0] += order <= 0;
    at[1] += order >= 0;
    return true;
}

static void put_roles(cctv_json_t *json, const cctv_catalogue_t *c,
                      const apr_array_header_t *allowed)
{
    uint32_t at[2] = { 0, 0 };
    cctv_text_t role;
    int count = 0;

    while (count < ROLES_MAX && next_role(c, at, &role)) {
        if (is_allowed(allowed, role)) {
            put_role(json, role, count++ == 0);
        }
    }
}

static void end_answer(const answer_t *answer, int zoom,
                       const apr_array_header_t *allowed)
{
    cctv_json_t *json = answer->json;
    char text[128];
    int length = snprintf(text, sizeof text,
                          "],\"numberReturned\":%d,\"numberMatched\":%" PRIu64
                          ",\"zoom\":%d,\"roles\":[",
                          answer->features, answer->matched, zoom);

    if (answer->features > 0 && !json->failed) {
        json->len--; /* the last comma */
    }
    cctv_json_raw(json, text, (size_t)length);
    put_roles(json, answer->catalogue, allowed);
    cctv_json_raw(json, "]}", 2);
}

void cctv_clusters_answer(const cctv_search_t *search, int zoom,
                          const apr_array_header_t *allowed, cctv_json_t *json)
{
    const cctv_filter_t *filter = search->filter;
    const cctv_bbox_t *box = filter->has_bbox ? &filter->bbox : &world;
    cctv_cells_window_t windows[2];
    cctv_cells_t cells;
    answer_t answer = { .catalogue = search->catalogue, .json = json };
    int count, i;

    if (!cctv_cells_begin(search, &cells)) {
        *json = (cctv_json_t){ .failed = true };
        return;
    }
    zoom = cctv_clusters_zoom(box, zoom);
    answer.level = cctv_clusters_level(zoom);
    cctv_json_init(json, 4096);
    cctv_geojson_begin(json);
    count = cctv_cells_windows(box, answer.level, windows);
    for (i = 0; i < count; i++) {
        cctv_cells_visit(&cells, answer.level, &windows[i],
                         cctv_clusters_few(zoom), put_cell, &answer);
    }
    cctv_cells_end(&cells);
    end_answer(&answer, zoom, allowed);
}
