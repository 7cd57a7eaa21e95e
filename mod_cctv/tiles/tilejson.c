/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file tilejson.c
 * @brief The description of the vector tiles.
 * Layer: pure.
 */
#include "tiles/tilejson.h"

json_t *cctv_tilejson(const char *base, const char *query)
{
    json_t *address = json_sprintf("%s/{z}/{x}/{y}.mvt%s%s", base,
                                   query == NULL ? "" : "?",
                                   query == NULL ? "" : query);

    return json_pack(
        "{s:s, s:s, s:[o], s:i, s:i, s:[f, f, f, f],"
        " s:[{s:s, s:s, s:i, s:i, s:{s:s, s:s, s:s, s:s, s:s}},"
        "    {s:s, s:s, s:i, s:i, s:{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s,"
        "     s:s, s:s, s:s, s:s, s:s, s:s}}]}",
        "tilejson", "3.0.0", "name", "Cameras", "tiles", address, "minzoom", 0,
        "maxzoom", CCTV_TILEJSON_ZOOM_MAX, "bounds", -180.0, -85.0511, 180.0,
        85.0511, "vector_layers",
        /* The first layer. */
        "id", "clusters", "description",
        "How many cameras there are in a cell of the map", "minzoom", 0,
        "maxzoom", CCTV_TILEJSON_ZOOM_MAX, "fields", "count", "Number",
        "online", "Number", "offline", "Number", "unknown", "Number",
        "playable", "Number",
        /* The second layer. */
        "id", "cameras", "description", "The cameras of cells that have few",
        "minzoom", 0, "maxzoom", CCTV_TILEJSON_ZOOM_MAX, "fields", "name",
        "String", "role", "String", "status", "String", "status_since",
        "String", "status_reason", "String", "playable", "Boolean", "codec",
        "String", "profile", "String", "width", "Number", "height", "Number",
        "fps", "Number", "audio", "Boolean", "heading", "Number",
        "field_of_view", "Number");
}
