/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.c
 * @brief Answers requests of OGC API - Features.
 * Layer: httpd.
 */
#include "ogc/mod_handler.h"

#include "cameras/mod_catalogue.h"
#include "cameras/mod_handler.h"
#include "cameras/mod_settings.h"
#include "http/mod_path.h"
#include "http/mod_reply.h"
#include "http/query.h"
#include "ogc/datetime.h"
#include "ogc/documents.h"
#include "ogc/mod_settings.h"

#include "apr_strings.h"
#include <stdlib.h>
#include <string.h>

#define COLLECTION "collections/" CCTV_OGC_COLLECTION
#define ITEMS      COLLECTION "/items"

/* @param document  owned by this function; NULL: there is no memory */
static int send_document(request_rec *r, const char *type, json_t *document)
{
    char *text = document == NULL ? NULL : json_dumps(document, JSON_COMPACT);

    json_decref(document);
    if (text == NULL) {
        return cctv_reply_problem(r, HTTP_SERVICE_UNAVAILABLE,
                                  "The server has no memory for this answer "
                                  "at the moment.");
    }
    return cctv_reply_page(r, type, text, strlen(text));
}

/* Numbers of cameras are cheap only with a catalogue. */
static bool can_count(request_rec *r)
{
    const cctv_cameras_catalogue_t *catalogue = cctv_cameras_catalogue();

    return catalogue != NULL && catalogue->is_configured(r->server);
}

static const char *address_of(request_rec *r, const char *base,
                              const char *below)
{
    return apr_pstrcat(r->pool, base, "/", below, r->args == NULL ? NULL : "?",
                       r->args, NULL);
}

static int items(request_rec *r, const char *base)
{
    cctv_filter_t filter;
    const char *datetime;
    const char *rest = cctv_query_take(r->pool, r->args, "datetime",
                                       &datetime);
    int result;

    if (datetime != NULL && !cctv_datetime_is_valid(datetime)) {
        return cctv_reply_problem(
            r, HTTP_BAD_REQUEST,
            "datetime has to be a date-time such as "
            "2026-01-31T12:00:00Z, or two of them with a "
            "slash between them.");
    }
    if (!cctv_cameras_parse(r, rest, &filter, &result)) {
        return result;
    }
    if (filter.has_near || filter.has_sees) {
        return cctv_reply_problem(r, HTTP_BAD_REQUEST,
                                  filter.has_near
                                      ? "The parameter \"near\" is unknown "
                                        "here."
                                      : "The parameter \"sees\" is unknown "
                                        "here.");
    }
    filter.wants_count = filter.wants_count || can_count(r);
    filter.self = address_of(r, base, ITEMS);
    filter.collection = apr_pstrcat(r->pool, base, "/" COLLECTION, NULL);
    return cctv_cameras_list(r, &filter);
}

static int item(request_rec *r, const char *base, const char *id)
{
    cctv_filter_t filter = { 0 };
    int number;

    if (!cctv_path_parse_id(id, &number)) {
        return cctv_cameras_not_here(r);
    }
    filter.self = apr_pstrcat(r->pool, base, "/" ITEMS "/", id, NULL);
    filter.collection = apr_pstrcat(r->pool, base, "/" COLLECTION, NULL);
    return cctv_cameras_item(r, &filter, number);
}

/* @return false: there is no such document */
static bool make_document(request_rec *r, const char *path, const char *base,
                          json_t **document)
{
    int max = (int)cctv_cameras_settings(r)->max_features;

    if (path[0] == '\0') {
        *document = cctv_ogc_landing(base);
    }
    else if (strcmp(path, "api") == 0) {
        *document = cctv_ogc_openapi(base, max);
    }
    else if (strcmp(path, "conformance") == 0) {
        *document = cctv_ogc_conformance();
    }
    else if (strcmp(path, "collections") == 0) {
        *document = cctv_ogc_collections(base);
    }
    else if (strcmp(path, COLLECTION) == 0) {
        *document = cctv_ogc_collection(base);
    }
    else {
        return false;
    }
    return true;
}

int cctv_ogc_handler(request_rec *r)
{
    static const char items_path[] = ITEMS;
    static const size_t len = sizeof items_path - 1;
    const char *path = cctv_path_below(r, "cctv-ogc");
    const char *base;
    const char *why;
    json_t *document;

    if (path == NULL) {
        return cctv_path_reply_not_found(r);
    }
    base = cctv_path_base(r, path, cctv_ogc_settings(r)->address);
    if (strcmp(path, items_path) == 0) {
        return items(r, base);
    }
    if (strncmp(path, items_path, len) == 0 && path[len] == '/') {
        return item(r, base, path + len + 1);
    }
    if (!make_document(r, path, base, &document)) {
        return cctv_path_reply_not_found(r);
    }
    if (cctv_query_parse(r->pool, r->args, NULL, 0, NULL, &why)
        != APR_SUCCESS) {
        json_decref(document);
        return cctv_reply_problem(r, HTTP_BAD_REQUEST, why);
    }
    return send_document(r,
                         strcmp(path, "api") == 0 ? CCTV_OGC_OPENAPI_TYPE
                                                  : "application/json",
                         document);
}
