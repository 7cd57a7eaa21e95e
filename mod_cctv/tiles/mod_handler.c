/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.c
 * @brief Answers a GET of vector tiles.
 * Layer: httpd.
 */
#include "tiles/mod_handler.h"

#include "cameras/mod_access.h"
#include "cameras/mod_unknown_roles.h"
#include "catalogue/mod_answers.h"
#include "catalogue/mod_generation.h"
#include "http/mod_path.h"
#include "http/mod_reply.h"
#include "http/query.h"
#include "tiles/mod_settings.h"
#include "tiles/tile.h"
#include "tiles/tilejson.h"

#include <stdlib.h>
#include <string.h>

#define TYPE "application/vnd.mapbox-vector-tile"

/* The filters of the list that make sense for a tile. */
static const char *const parameters[] = { "role", "status", "q", "playable" };

#define PARAMETERS (sizeof parameters / sizeof parameters[0])

static int no_memory(request_rec *r)
{
    apr_table_unset(r->headers_out, "ETag");
    return cctv_reply_problem(r, HTTP_SERVICE_UNAVAILABLE,
                              "The server has no memory for this answer at "
                              "the moment.");
}

/* @param tile  owned by this function */
static int send_tile(request_rec *r, cctv_json_t *tile)
{
    if (tile->failed) {
        cctv_json_free(tile);
        return no_memory(r);
    }
    if (tile->len == 0) {
        cctv_json_free(tile);
        return cctv_reply_empty(r, HTTP_NO_CONTENT);
    }
    return cctv_reply_changed_page(r, TYPE, tile->data, tile->len);
}

static int make_tile(request_rec *r, const cctv_catalogue_t *c,
                     const cctv_filter_t *filter, const cctv_tile_t *tile)
{
    cctv_time_t entered;
    cctv_search_t search;
    cctv_json_t made;
    int result;

    if (cctv_reply_is_unchanged(r, cctv_catalogue_tag(r, c, filter))) {
        return OK;
    }
    if (!cctv_catalogue_enter(r, filter, &entered, &result)) {
        cctv_generation_close(c, r->pool);
        return result;
    }
    cctv_search_init(r->pool, c, filter, &search);
    cctv_tile_make(&search, tile, &made);
    cctv_generation_close(c, r->pool);
    cctv_catalogue_leave(filter, entered);
    return send_tile(r, &made);
}

static int answer_tile(request_rec *r, cctv_filter_t *filter,
                       const cctv_tile_t *tile)
{
    const cctv_catalogue_t *c = cctv_generation_of(r);
    const apr_array_header_t *allowed;

    if (c == NULL) {
        return cctv_catalogue_missing(r, "there are no tiles");
    }
    allowed = cctv_access_roles(r);
    cctv_unknown_roles_look(r, allowed);
    cctv_filter_restrict(r->pool, filter, allowed);
    return make_tile(r, c, filter, tile);
}

static int describe(request_rec *r, const char *path)
{
    const char *base = cctv_path_base(r, path,
                                      cctv_tiles_settings(r)->address);
    json_t *document = cctv_tilejson(base, r->args);
    char *text = document == NULL ? NULL : json_dumps(document, JSON_COMPACT);

    json_decref(document);
    return text == NULL
               ? no_memory(r)
               : cctv_reply_page(r, "application/json", text, strlen(text));
}

int cctv_tiles_handler(request_rec *r)
{
    const char *path = cctv_path_below(r, "cctv-tiles");
    const char *value[PARAMETERS];
    cctv_filter_t filter;
    cctv_tile_t tile;
    const char *why;
    bool is_tile = path != NULL && cctv_tile_parse(path, &tile);

    if (path == NULL || (!is_tile && strcmp(path, "tilejson.json") != 0)) {
        return cctv_path_reply_not_found(r);
    }
    if (cctv_query_parse(r->pool, r->args, parameters, PARAMETERS, value, &why)
            != APR_SUCCESS
        || cctv_filter_parse(r->pool, r->args, 1, &filter, &why)
               != APR_SUCCESS) {
        return cctv_reply_problem(r, HTTP_BAD_REQUEST, why);
    }
    return is_tile ? answer_tile(r, &filter, &tile) : describe(r, path);
}
