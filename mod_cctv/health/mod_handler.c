/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.c
 * @brief GET /health: tells load balancers whether the server can work.
 * Layer: httpd.
 */
#include "health/mod_handler.h"

#include "cameras/mod_source.h"
#include "catalogue/mod_families.h"
#include "database/mod_runtime.h"
#include "http/mod_reply.h"
#include "video/mod_part.h"
#include "views/mod_part.h"
#include "views/walk.h"

#include "http_protocol.h"

/* How old the catalogue is, if there is one.
 * @return whether it answers */
static bool add_catalogue(const request_rec *r, json_t *body)
{
    cctv_catalogue_figures_t figures;

    if (!cctv_catalogue_figures(r->server, &figures)) {
        return false;
    }
    if (figures.generation == 0) {
        json_object_set_new(body, "catalogue", json_string("none"));
        return false;
    }
    json_object_set_new(body, "catalogue", json_string("ok"));
    json_object_set_new(body, "catalogue_generation",
                        json_integer((json_int_t)figures.generation));
    json_object_set_new(body, "catalogue_age_seconds",
                        json_integer(figures.age / 1000000));
    return true;
}

int cctv_health_handler(request_rec *r)
{
    const cctv_views_t *shared = cctv_views();
    const char *database = "none";
    int status = HTTP_OK;
    bool up = true;
    json_t *body;
    int result;

    result = ap_discard_request_body(r);
    if (result != OK) {
        return result;
    }
    if (cctv_database_is_configured(r->server)) {
        up = cctv_source_probe(r) == OK;
        database = up ? "up" : "down";
    }
    body = json_pack(
        "{s:s, s:s, s:s, s:s, s:s}", "status", "ok", "database", database,
        "sessions", cctv_views_are_full(shared, cctv_now()) ? "full" : "ok",
        "series", cctv_series_room_name(cctv_series_room(&shared->series)),
        "video", cctv_video_state());
    /* Only cameras decide the status: whether the database answers, or the
     * catalogue in its place. If a table is full or Janus is down, a load
     * balancer must not send viewers to another server: the cameras and the
     * running views are here. */
    if (!add_catalogue(r, body) && !up) {
        json_object_set_new(body, "status", json_string("down"));
        status = HTTP_SERVICE_UNAVAILABLE;
    }
    return cctv_reply_json(r, status, body);
}
