/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.c
 * @brief GET /health: tells load balancers whether the server can work.
 * Layer: httpd.
 */
#include "health/mod_handler.h"

#include "cameras/mod_source.h"
#include "database/mod_runtime.h"
#include "http/mod_reply.h"
#include "video/mod_part.h"
#include "views/mod_part.h"
#include "views/walk.h"

#include "http_protocol.h"

int cctv_health_handler(request_rec *r)
{
    const cctv_views_t *shared = cctv_views();
    const char *database = "none";
    bool up = true;
    int result;

    result = ap_discard_request_body(r);
    if (result != OK) {
        return result;
    }
    if (cctv_database_is_configured(r->server)) {
        up = cctv_source_probe(r) == OK;
        database = up ? "up" : "down";
    }
    /* Only the database decides the status. If a table is full or Janus is
     * down, a load balancer must not send viewers to another server: the
     * cameras and the running views are here. */
    return cctv_reply_json(
        r, up ? HTTP_OK : HTTP_SERVICE_UNAVAILABLE,
        json_pack("{s:s, s:s, s:s, s:s, s:s}", "status", up ? "ok" : "down",
                  "database", database, "sessions",
                  cctv_views_are_full(shared, cctv_now()) ? "full" : "ok",
                  "series",
                  cctv_series_room_name(cctv_series_room(&shared->series)),
                  "video", cctv_video_state()));
}
