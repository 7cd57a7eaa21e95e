/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.c
 * @brief Answers a GET of the clusters of a map.
 * Layer: httpd.
 *
 * Only a catalogue has numbers that cost nothing, so without one the answer is
 * 404: the database would have to read every camera of the world for each map.
 */
#include "clusters/mod_handler.h"

#include "cameras/mod_access.h"
#include "cameras/mod_handler.h"
#include "cameras/mod_unknown_roles.h"
#include "catalogue/mod_answers.h"
#include "catalogue/mod_generation.h"
#include "clusters/answer.h"
#include "http/mod_reply.h"
#include "http/number.h"
#include "http/query.h"

/* The filters of the list. What orders and cuts a list has no meaning here. */
static const char *const parameters[] = { "zoom",   "bbox", "role",
                                          "status", "q",    "playable" };

#define PARAMETERS (sizeof parameters / sizeof parameters[0])

static bool parse(request_rec *r, int *zoom, cctv_filter_t *filter,
                  const char **why)
{
    const char *value[PARAMETERS];
    const char *rest;

    if (cctv_query_parse(r->pool, r->args, parameters, PARAMETERS, value, why)
        != APR_SUCCESS) {
        return false;
    }
    *zoom = 0;
    if (value[0] != NULL
        && (!cctv_number_parse_count(value[0], CCTV_CLUSTERS_ZOOM_MAX + 1,
                                     zoom)
            || *zoom > CCTV_CLUSTERS_ZOOM_MAX)) {
        *why = "zoom has to be a whole number, 0 to 24.";
        return false;
    }
    rest = cctv_query_take(r->pool, r->args, parameters[0], &value[0]);
    return cctv_filter_parse(r->pool, rest, 1, filter, why) == APR_SUCCESS;
}

static int answer(request_rec *r, const cctv_catalogue_t *c,
                  const cctv_filter_t *filter, int zoom,
                  const apr_array_header_t *allowed)
{
    /* The names of roles in the answer depend on what is allowed. */
    cctv_filter_t tagged = *filter;
    cctv_time_t entered;
    cctv_search_t search;
    cctv_json_t json;
    int result;

    tagged.roles = allowed;
    apr_table_setn(r->headers_out, "Link", "<changes>; rel=\"monitor\"");
    if (cctv_reply_is_unchanged(r, cctv_catalogue_tag(r, c, &tagged))) {
        return OK;
    }
    if (!cctv_catalogue_enter(r, filter, &entered, &result)) {
        cctv_generation_close(c, r->pool);
        return result;
    }
    cctv_search_init(r->pool, c, filter, &search);
    cctv_clusters_answer(&search, zoom, allowed, &json);
    cctv_generation_close(c, r->pool);
    cctv_catalogue_leave(filter, entered);
    return cctv_cameras_send(r, &json);
}

int cctv_clusters_handler(request_rec *r)
{
    const apr_array_header_t *allowed;
    const cctv_catalogue_t *c;
    cctv_filter_t filter;
    const char *why;
    int zoom;

    if (!parse(r, &zoom, &filter, &why)) {
        return cctv_reply_problem(r, HTTP_BAD_REQUEST, why);
    }
    c = cctv_generation_of(r);
    if (c == NULL) {
        return cctv_catalogue_missing(r, "there are no clusters");
    }
    allowed = cctv_access_roles(r);
    cctv_unknown_roles_look(r, allowed);
    cctv_filter_restrict(r->pool, &filter, allowed);
    return answer(r, c, &filter, zoom, allowed);
}
