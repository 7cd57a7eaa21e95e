/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file documents.c
 * @brief The documents of OGC API - Features that describe the service.
 * Layer: pure.
 */
#include "ogc/documents.h"

#include <stdbool.h>

#define JSON    "application/json"
#define GEOJSON "application/geo+json"
#define CRS84   "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

static json_t *link_to(const char *base, const char *path, const char *rel,
                       const char *type, const char *title)
{
    return json_pack("{s:s+, s:s, s:s, s:s}", "href", base, path, "rel", rel,
                     "type", type, "title", title);
}

json_t *cctv_ogc_landing(const char *base)
{
    return json_pack(
        "{s:s, s:s, s:[o, o, o, o]}", "title", "CCTV cameras", "description",
        "The cameras that you may see, with where they are and whether they "
        "work.",
        "links", link_to(base, "", "self", JSON, "This document"),
        link_to(base, "/api", "service-desc", CCTV_OGC_OPENAPI_TYPE,
                "The API as OpenAPI 3.0"),
        link_to(base, "/conformance", "conformance", JSON,
                "What this service conforms to"),
        link_to(base, "/collections", "data", JSON, "The collections"));
}

json_t *cctv_ogc_conformance(void)
{
#define CLASS "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
    return json_pack("{s:[s, s, s]}", "conformsTo", CLASS "core",
                     CLASS "oas30", CLASS "geojson");
#undef CLASS
}

json_t *cctv_ogc_collection(const char *base)
{
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:{s:{s:[[i, i, i, i]], s:s}}, s:[s],"
        " s:[o, o]}",
        "id", CCTV_OGC_COLLECTION, "title", "Cameras", "description",
        "A point for each camera.", "itemType", "feature", "extent", "spatial",
        "bbox", -180, -90, 180, 90, "crs", CRS84, "crs", CRS84, "links",
        link_to(base, "/collections/" CCTV_OGC_COLLECTION, "self", JSON,
                "This collection"),
        link_to(base, "/collections/" CCTV_OGC_COLLECTION "/items", "items",
                GEOJSON, "The cameras"));
}

json_t *cctv_ogc_collections(const char *base)
{
    return json_pack(
        "{s:[o], s:[o]}", "links",
        link_to(base, "/collections", "self", JSON, "This document"),
        "collections", cctv_ogc_collection(base));
}

/* --- OpenAPI 3.0 --------------------------------------------------------- */

/* The standard asks for the style of the parameters of a query. */
static json_t *parameter(const char *in, const char *name,
                         const char *description, json_t *schema)
{
    bool is_of_path = in[0] == 'p';

    return json_pack("{s:s, s:s, s:s, s:b, s:s, s:b, s:o}", "name", name, "in",
                     in, "description", description, "required", is_of_path,
                     "style", is_of_path ? "simple" : "form", "explode", false,
                     "schema", schema);
}

static json_t *answers(const char *type, int has_parameters)
{
    json_t *found = json_pack("{s:{s:s, s:{s:{s:{s:s}}}}}", "200",
                              "description", "The document", "content", type,
                              "schema", "type", "object");

    if (has_parameters) {
        json_object_set_new(found, "400",
                            json_pack("{s:s}", "description",
                                      "A parameter is unknown or wrong"));
    }
    return found;
}

static json_t *get_of(const char *id, const char *summary, const char *type)
{
    return json_pack("{s:{s:s, s:s, s:o}}", "get", "operationId", id,
                     "summary", summary, "responses", answers(type, 0));
}

static json_t *item_of(void)
{
    return json_pack(
        "{s:{s:s, s:s, s:[o], s:o}}", "get", "operationId", "getFeature",
        "summary", "One camera", "parameters",
        parameter("path", "featureId", "The id of the camera",
                  json_pack("{s:s, s:i}", "type", "integer", "minimum", 1)),
        "responses", answers(GEOJSON, 1));
}

static json_t *text_schema(void)
{
    return json_pack("{s:s}", "type", "string");
}

static json_t *items_of(int max_limit)
{
    return json_pack(
        "{s:{s:s, s:s, s:[o, o, o, o, o, o, o], s:o}}", "get", "operationId",
        "getFeatures", "summary", "Cameras, in the order of their ids",
        "parameters",
        parameter("query", "limit", "The most cameras of a page",
                  json_pack("{s:s, s:i, s:i, s:i}", "type", "integer",
                            "minimum", 1, "maximum", max_limit, "default",
                            max_limit < 1000 ? max_limit : 1000)),
        parameter(
            "query", "bbox",
            "Only cameras in this box: west,south,east,north in degrees; "
            "west > east crosses the antimeridian",
            json_pack("{s:s, s:i, s:i, s:{s:s}}", "type", "array", "minItems",
                      4, "maxItems", 6, "items", "type", "number")),
        parameter("query", "datetime",
                  "A date-time or an interval. Cameras have no time, so it "
                  "excludes none",
                  text_schema()),
        parameter("query", "status", "Only cameras with this status",
                  json_pack("{s:s, s:[s, s, s]}", "type", "string", "enum",
                            "online", "offline", "unknown")),
        parameter(
            "query", "role",
            "Only cameras of these roles: names with commas between them",
            text_schema()),
        parameter("query", "q", "Only cameras whose name contains this",
                  text_schema()),
        parameter("query", "after", "Only cameras with a greater id",
                  json_pack("{s:s, s:i}", "type", "integer", "minimum", 0)),
        "responses", answers(GEOJSON, 1));
}

json_t *cctv_ogc_openapi(const char *base, int max_limit)
{
    return json_pack(
        "{s:s, s:{s:s, s:s}, s:[{s:s}], s:{s:o, s:o, s:o, s:o, s:o, s:o, "
        "s:o}}",
        "openapi", "3.0.3", "info", "title", "CCTV cameras", "version", "1.0",
        "servers", "url", base, "paths", "/",
        get_of("getLandingPage", "What there is", JSON), "/api",
        get_of("getApi", "This document", CCTV_OGC_OPENAPI_TYPE),
        "/conformance",
        get_of("getConformance", "What this service conforms to", JSON),
        "/collections", get_of("getCollections", "The collections", JSON),
        "/collections/" CCTV_OGC_COLLECTION,
        get_of("getCollection", "The collection of cameras", JSON),
        "/collections/" CCTV_OGC_COLLECTION "/items", items_of(max_limit),
        "/collections/" CCTV_OGC_COLLECTION "/items/{featureId}", item_of());
}
