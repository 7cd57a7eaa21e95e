/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file handler.c
 * @brief GET of whether the server can do its work, for load balancers.
 * Layer: httpd.
 */
#include "health/handler.h"

#include "cameras/source.h"
#include "database/runtime.h"
#include "http/reply.h"
#include "video/part.h"
#include "views/part.h"
#include "video/lifecycle.h"
#include "views/views.h"

#include "http_protocol.h"

static bool are_series_full(const cctv_shared_t *shared)
{
    return cctv_counted(&shared->series.head->used) >= shared->series.max;
}

/* A Janus that is down is no reason to send viewers elsewhere, either: cameras
 * and the views that go on are here. */
static const char *video_state(void)
{
    if (cctv_video() == NULL) {
        return "off";
    }
    return cctv_breaker_is_open(&cctv_video_memory()->janus) ? "down" : "up";
}

int cctv_health_handler(request_rec *r)
{
    const cctv_shared_t *shared = cctv_lifecycle_shared();
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
    /* Full tables are no reason to send viewers elsewhere: those who watch
     * have to come here. */
    return cctv_reply_json(
        r, up ? HTTP_OK : HTTP_SERVICE_UNAVAILABLE,
        json_pack("{s:s, s:s, s:s, s:s, s:s}", "status", up ? "ok" : "down",
                  "database", database, "sessions",
                  cctv_views_are_full(shared, cctv_now()) ? "full" : "ok",
                  "series", are_series_full(shared) ? "full" : "ok", "video",
                  video_state()));
}
