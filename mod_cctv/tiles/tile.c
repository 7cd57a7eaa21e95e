/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file tile.c
 * @brief Makes vector tiles of a catalogue.
 * Layer: pure.
 */
#include "tiles/tile.h"

#include "catalogue/cells.h"
#include "clusters/answer.h"
#include "http/number.h"
#include "tiles/layer.h"
#include "tiles/members.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846

/* The longest Feature (catalogue/format.h), with another status. */
#define FEATURE_MAX (UINT16_MAX + CCTV_CATALOGUE_STATUS_SLACK)

static const char *parse_part(const char *at, uint32_t *out)
{
    const char *start = at;
    uint64_t number = 0;

    for (; *at >= '0' && *at <= '9' && at - start < 10; at++) {
        number = number * 10 + (uint64_t)(*at - '0');
    }
    *out = number > UINT32_MAX ? UINT32_MAX : (uint32_t)number;
    return at == start || (start[0] == '0' && at - start > 1) ? NULL : at;
}

bool cctv_tile_parse(const char *path, cctv_tile_t *out)
{
    uint32_t zoom, column, row;

    path = parse_part(path, &zoom);
    if (path == NULL || *path++ != '/' || zoom > CCTV_TILE_ZOOM_MAX) {
        return false;
    }
    path = parse_part(path, &column);
    if (path == NULL || *path++ != '/' || column >> zoom != 0) {
        return false;
    }
    path = parse_part(path, &row);
    if (path == NULL || strcmp(path, ".mvt") != 0 || row >> zoom != 0) {
        return false;
    }
    *out = (cctv_tile_t){ (int)zoom, column, row };
    return true;
}

typedef struct {
    const cctv_catalogue_t *catalogue;
    cctv_tile_t tile;
    int level;
    int turns; /* how often the world was passed to the east */
    cctv_layer_t clusters;
    cctv_layer_t cameras;
    char *feature; /* of the camera that is added */
    char *text;    /* a text of it without escapes */
} making_t;

typedef struct {
    int32_t x;
    int32_t y;
} place_t;

static int32_t to_units(double part, int zoom, uint32_t from)
{
    double at = (ldexp(part, zoom) - from) * CCTV_TILE_EXTENT;

    return (int32_t)floor(fmax(-1e9, fmin(1e9, at)));
}

static place_t place_of(const making_t *m, double lng, double lat)
{
    double y = 0.5 - asinh(tan(lat * (PI / 180))) / (2 * PI);

    return (place_t){
        to_units((lng + 180) / 360 + m->turns, m->tile.zoom, m->tile.column),
        to_units(fmax(0, fmin(1 - 1e-9, y)), m->tile.zoom, m->tile.row)
    };
}

/* ---- Clusters ---- */

static void add_count(cctv_layer_t *layer, const char *name, uint32_t count)
{
    cctv_layer_number(layer, name, strlen(name), count);
}

static void add_cluster(making_t *m, const cctv_cell_t *cell)
{
    cctv_layer_t *layer = &m->clusters;
    place_t at = place_of(m, (double)cell->centre.lng / CCTV_CATALOGUE_UNITS,
                          (double)cell->centre.lat / CCTV_CATALOGUE_UNITS);
    int status;

    /* A number below 2^53, which is the same for the same cell. */
    cctv_layer_point(layer,
                     (uint64_t)m->level << 48 | (uint64_t)cell->column << 24
                         | cell->row,
                     at.x, at.y);
    add_count(layer, "count", cell->count);
    for (status = 0; status < CCTV_CAMERA_STATUS_COUNT; status++) {
        add_count(layer, cctv_camera_status_labels[status],
                  cell->status[status]);
    }
    add_count(layer, "playable", cell->playable);
    cctv_layer_end_point(layer);
}

/* ---- Cameras ---- */

static void add_member(making_t *m, const cctv_member_t *member)
{
    cctv_layer_t *layer = &m->cameras;
    const char *name = member->name;
    size_t length = member->name_length;
    double number;

    switch (member->kind) {
    case CCTV_MEMBER_TEXT:
        cctv_layer_text(layer, name, length, m->text,
                        (size_t)(cctv_members_unescape(member->value,
                                                       member->length, m->text)
                                 - m->text));
        break;
    case CCTV_MEMBER_NUMBER:
        if (cctv_number_parse_double(member->value, member->length, &number)) {
            cctv_layer_number(layer, name, length, number);
        }
        break;
    case CCTV_MEMBER_TRUE:
    case CCTV_MEMBER_FALSE:
        cctv_layer_bool(layer, name, length, member->kind == CCTV_MEMBER_TRUE);
        break;
    case CCTV_MEMBER_OTHER:
        break;
    }
}

static void add_camera(making_t *m, int index)
{
    const cctv_catalogue_t *c = m->catalogue;
    place_t at = place_of(m, cctv_catalogue_lng(c, index),
                          cctv_catalogue_lat(c, index));
    const char *end = cctv_catalogue_put_feature(c, index, m->feature, NULL);
    const char *next = cctv_members_begin(m->feature, end);
    cctv_member_t member;

    cctv_layer_point(&m->cameras, (uint64_t)cctv_catalogue_id(c, index), at.x,
                     at.y);
    while (next != NULL
           && (next = cctv_members_next(next, end, &member)) != NULL) {
        add_member(m, &member);
    }
    cctv_layer_end_point(&m->cameras);
}

/* ---- The tile ---- */

/* A cctv_cells_visit_t. */
static bool add_cell(void *context, const cctv_cell_t *cell)
{
    making_t *m = context;
    uint32_t i;

    if (cell->cameras == NULL) {
        add_cluster(m, cell);
    }
    for (i = 0; cell->cameras != NULL && i < cell->count; i++) {
        add_camera(m, cell->cameras[i]);
    }
    return true;
}

/* The rows of cells of a tile and one more on each side, and so the columns. */
static void add_cells(making_t *m, const cctv_cells_t *cells)
{
    int64_t size = INT64_C(1) << (m->level - m->tile.zoom);
    int64_t all = INT64_C(1) << m->level;
    int64_t north = (int64_t)m->tile.row * size - 1;
    int64_t south = north + size + 1;
    int64_t west = (int64_t)m->tile.column * size - 1;
    int64_t east = west + size + 1;

    /* Around the antimeridian the map goes on with its other side. */
    for (m->turns = -1; m->turns <= 1; m->turns++) {
        int64_t first = west - m->turns * all;
        int64_t last = east - m->turns * all;
        cctv_cells_window_t window = { (uint32_t)(first < 0 ? 0 : first),
                                       (uint32_t)(north < 0 ? 0 : north),
                                       (uint32_t)(last < all ? last : all - 1),
                                       (uint32_t)(south < all ? south
                                                              : all - 1) };

        if (first < all && last >= 0) {
            cctv_cells_visit(cells, m->level, &window,
                             cctv_clusters_few(m->tile.zoom), add_cell, m);
        }
    }
}

void cctv_tile_make(const cctv_search_t *search, const cctv_tile_t *tile,
                    cctv_json_t *out)
{
    making_t m = { .catalogue = search->catalogue,
                   .tile = *tile,
                   .level = cctv_clusters_level(tile->zoom),
                   .feature = malloc(FEATURE_MAX),
                   .text = malloc(FEATURE_MAX) };
    cctv_cells_t cells;
    bool is_made = m.feature != NULL && m.text != NULL
                   && cctv_cells_begin(search, &cells);

    *out = (cctv_json_t){ .failed = !is_made };
    if (is_made) {
        cctv_layer_begin(&m.clusters, "clusters");
        cctv_layer_begin(&m.cameras, "cameras");
        add_cells(&m, &cells);
        cctv_cells_end(&cells);
        cctv_json_init(out, m.clusters.features.len + m.cameras.features.len);
        is_made = cctv_layer_write(&m.clusters, out)
                  && cctv_layer_write(&m.cameras, out);
        out->failed = out->failed || !is_made;
        cctv_layer_free(&m.clusters);
        cctv_layer_free(&m.cameras);
    }
    free(m.feature);
    free(m.text);
}
