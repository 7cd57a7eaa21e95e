/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.c
 * @brief Answers a GET of the list of cameras or of one camera.
 * Layer: httpd.
 */
#include "cameras/mod_handler.h"

#include "cameras/mod_access.h"
#include "cameras/filter.h"
#include "cameras/geojson.h"
#include "cameras/mod_catalogue.h"
#include "cameras/mod_source.h"
#include "cameras/mod_settings.h"
#include "cameras/mod_unknown_roles.h"
#include "http/mod_cors.h"
#include "http/mod_path.h"
#include "http/query.h"
#include "http/mod_reply.h"
#include "core/mod_log.h"

#include "apr_strings.h"
#include "http_core.h"
#include "http_protocol.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define GEOJSON "application/geo+json"

/* The typical size of a feature in bytes. The buffer grows if it is too
 * small. */
#define FEATURE_SIZE 330
#define ENDS_SIZE    4096

static int out_of_memory(request_rec *r)
{
    CCTV_LOG_R(APLOG_ERR, APR_ENOMEM, r, "CCTV0013",
               "no memory for an answer");
    return cctv_reply_problem(r, HTTP_SERVICE_UNAVAILABLE,
                              "The server has no memory for this answer at "
                              "the moment; ask for a smaller page.");
}

int cctv_cameras_no_answer(request_rec *r, int status)
{
    return cctv_reply_problem(
        r, status,
        status == HTTP_SERVICE_UNAVAILABLE
            ? "The database of cameras does not answer at the moment; try "
              "again in a second."
            : "The cameras could not be read; the server's error log says "
              "why.");
}

int cctv_cameras_not_here(request_rec *r)
{
    return cctv_reply_problem(r, HTTP_NOT_FOUND,
                              "There is no such camera here.");
}

/* Whether a filter excludes all cameras. */
static bool is_empty(const cctv_filter_t *filter)
{
    return filter->roles != NULL && filter->roles->nelts == 0;
}

/* The address of the next page is relative to that of this one, unless the
 * filter has an absolute one: neither the host nor the path by which the client
 * knows this server has to be known here. */
const char *cctv_cameras_next_href(request_rec *r, const cctv_filter_t *filter,
                                   int rank, int id)
{
    const char *self = filter->self != NULL ? filter->self : "";

    return apr_pstrcat(r->pool,
                       apr_pstrmemdup(r->pool, self, strcspn(self, "?")), "?",
                       cctv_filter_next(r->pool, r->args, rank, id), NULL);
}

static const char *next_href(request_rec *r, const cctv_filter_t *filter,
                             const cctv_page_t *page)
{
    cctv_camera_t last;

    cctv_source_camera(page, page->count - 1, &last);
    return cctv_cameras_next_href(
        r, filter,
        filter->words == NULL ? -1 : cctv_source_rank(page, page->count - 1),
        atoi(last.id.text));
}

static void write_list(request_rec *r, const cctv_filter_t *filter,
                       const cctv_page_t *page, cctv_json_t *json)
{
    const char *next = page->is_cut ? next_href(r, filter, page) : NULL;
    cctv_camera_t camera;
    cctv_bbox_t extent;
    int i;

    cctv_json_init(json, (size_t)page->count * FEATURE_SIZE + ENDS_SIZE);
    cctv_geojson_begin(json);
    for (i = 0; i < page->count; i++) {
        if (i > 0) {
            cctv_json_raw(json, ",", 1);
        }
        cctv_source_camera(page, i, &camera);
        cctv_geojson_feature(json, &camera);
    }
    cctv_geojson_end(json, page->count, page->matched, filter->self, next);
    if (cctv_extent_box(&page->extent, &extent)) {
        cctv_geojson_extent(json, &extent);
    }
}

static void write_item(const cctv_filter_t *filter, const cctv_page_t *page,
                       cctv_json_t *json)
{
    cctv_camera_t camera;

    cctv_json_init(json, ENDS_SIZE);
    cctv_source_camera(page, 0, &camera);
    cctv_geojson_feature(json, &camera);
    if (filter->self != NULL) {
        cctv_geojson_link(json, filter->self, filter->collection);
    }
}

/* @param json  owned by this function */
static int send_json(request_rec *r, cctv_json_t *json)
{
    if (json->failed) {
        cctv_json_free(json);
        return out_of_memory(r);
    }
    return cctv_reply_page(r, GEOJSON, json->data, json->len);
}

int cctv_cameras_send(request_rec *r, cctv_json_t *json)
{
    if (json->failed) {
        cctv_json_free(json);
        apr_table_unset(r->headers_out, "ETag");
        return out_of_memory(r);
    }
    return cctv_reply_changed_page(r, GEOJSON, json->data, json->len);
}

/* Only the catalogue finds the nearest cameras. */
static int no_near(request_rec *r)
{
    const cctv_cameras_catalogue_t *catalogue = cctv_cameras_catalogue();

    return catalogue != NULL && catalogue->is_configured(r->server)
               ? cctv_reply_problem(r, HTTP_SERVICE_UNAVAILABLE,
                                    "The catalogue is being made: ask with "
                                    "near again in a second.")
               : cctv_reply_problem(r, HTTP_BAD_REQUEST,
                                    "This server has no catalogue "
                                    "(CCTVCatalogue), which near needs.");
}

/* @return DECLINED: the database has to answer */
static int list_by_catalogue(request_rec *r, const cctv_filter_t *filter)
{
    const cctv_cameras_catalogue_t *catalogue = cctv_cameras_catalogue();
    int result = catalogue == NULL ? DECLINED : catalogue->list(r, filter);

    return result == DECLINED && filter->has_near ? no_near(r) : result;
}

static int item_by_catalogue(request_rec *r, const cctv_filter_t *filter,
                             int id)
{
    const cctv_cameras_catalogue_t *catalogue = cctv_cameras_catalogue();

    return catalogue == NULL ? DECLINED : catalogue->item(r, filter, id);
}

bool cctv_cameras_parse(request_rec *r, const char *args, cctv_filter_t *out,
                        int *result)
{
    const char *why;

    if (cctv_filter_parse(r->pool, args,
                          (int)cctv_cameras_settings(r)->max_features, out,
                          &why)
        != APR_SUCCESS) {
        *result = cctv_reply_problem(r, HTTP_BAD_REQUEST, why);
        return false;
    }
    return true;
}

int cctv_cameras_list(request_rec *r, cctv_filter_t *filter)
{
    const apr_array_header_t *allowed = cctv_access_roles(r);
    cctv_page_t page = { .matched = -1, .extent = CCTV_EXTENT_NONE };
    cctv_json_t json;
    int status;

    cctv_unknown_roles_look(r, allowed);
    cctv_filter_restrict(r->pool, filter, allowed);
    status = list_by_catalogue(r, filter);
    if (status != DECLINED) {
        return status;
    }
    if (is_empty(filter)) {
        page.matched = filter->wants_count ? 0 : -1;
        write_list(r, filter, &page, &json);
        return send_json(r, &json);
    }
    status = cctv_source_list(r, filter, &page);
    if (status != OK) {
        return cctv_cameras_no_answer(r, status);
    }
    write_list(r, filter, &page, &json);
    /* Free the rows before sending: a slow client must not keep them in
     * memory. */
    cctv_source_free(&page);
    return send_json(r, &json);
}

int cctv_cameras_item(request_rec *r, cctv_filter_t *filter, int id)
{
    cctv_page_t page;
    cctv_json_t json;
    const char *why;
    int status;

    if (cctv_query_parse(r->pool, r->args, NULL, 0, NULL, &why)
        != APR_SUCCESS) {
        return cctv_reply_problem(r, HTTP_BAD_REQUEST, why);
    }
    cctv_filter_restrict(r->pool, filter, cctv_access_roles(r));
    if (is_empty(filter)) {
        return cctv_cameras_not_here(r);
    }
    status = item_by_catalogue(r, filter, id);
    if (status != DECLINED) {
        return status;
    }
    status = cctv_source_item(r, filter, id, &page);
    if (status != OK) {
        return cctv_cameras_no_answer(r, status);
    }
    if (page.count == 0) {
        cctv_source_free(&page);
        return cctv_cameras_not_here(r);
    }
    write_item(filter, &page, &json);
    cctv_source_free(&page);
    return send_json(r, &json);
}

static int (*answer_still)(request_rec *r, int id);

void cctv_cameras_set_still(int (*answer)(request_rec *r, int id))
{
    answer_still = answer;
}

/* Whether a path ends in "/{id}/still", or is that without the slash. */
static bool is_still(request_rec *r, const char *path, int *id)
{
    static const char still[] = "/still";
    size_t len = strlen(path);
    const char *start;
    char *copy;

    if (answer_still == NULL || len < sizeof still
        || strcmp(path + len - (sizeof still - 1), still) != 0) {
        return false;
    }
    copy = apr_pstrmemdup(r->pool, path, len - (sizeof still - 1));
    start = strrchr(copy, '/');
    return cctv_path_parse_id(start == NULL ? copy : start + 1, id);
}

int cctv_cameras_handler(request_rec *r)
{
    cctv_filter_t filter = { 0 };
    const char *path;
    int result;
    int id = 0;

    cctv_cors_apply(r, M_GET);
    result = ap_discard_request_body(r);
    if (result != OK) {
        return result;
    }
    path = cctv_path_below(r, "cctv-cameras");
    if (is_still(r, path == NULL ? r->uri : path, &id)
        && (path == NULL || strchr(path, '/') == strrchr(path, '/'))) {
        return cctv_reply_allows(r, M_GET, &result) ? answer_still(r, id)
                                                    : result;
    }
    if (path == NULL) {
        const char *last = strrchr(r->uri, '/');

        path = last != NULL && cctv_path_parse_id(last + 1, &id) ? last + 1
                                                                 : "";
    }
    if (path[0] != '\0' && !cctv_path_parse_id(path, &id)) {
        return cctv_cameras_not_here(r);
    }
    if (!cctv_reply_allows(r, M_GET, &result)) {
        return result;
    }
    if (path[0] != '\0') {
        return cctv_cameras_item(r, &filter, id);
    }
    return cctv_cameras_parse(r, r->args, &filter, &result)
               ? cctv_cameras_list(r, &filter)
               : result;
}
