/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.c
 * @brief GET /health: tells load balancers whether the server can work.
 * Layer: httpd.
 */
#include "health/mod_handler.h"

#include "cameras/mod_source.h"
#include "catalogue/mod_families.h"
#include "config/mod_runtime.h"
#include "database/mod_runtime.h"
#include "http/mod_reply.h"
#include "video/mod_lifecycle.h"
#include "video/mod_part.h"
#include "views/mod_part.h"
#include "views/walk.h"

#include "http_protocol.h"

#include <stdatomic.h>

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

/* Each child asks each database at most once in this time: µs. */
#define PAUSE 1000000

/* The last answer of a database. */
typedef struct {
    _Atomic cctv_time_t due; /* when it is asked again */
    atomic_bool is_up;
} answer_t;

static cctv_runtime_slot_t answer_slot;

void cctv_health_child_init(apr_pool_t *pchild, server_rec *s)
{
    for (; s != NULL; s = s->next) {
        cctv_runtime_set(s, &answer_slot,
                         apr_pcalloc(pchild, sizeof(answer_t)));
    }
}

static bool ask(request_rec *r, answer_t *answer)
{
    bool is_up = cctv_source_probe(r, cctv_video() != NULL) == OK;

    atomic_store(&answer->is_up, is_up);
    atomic_store(&answer->due, cctv_now() + PAUSE);
    return is_up;
}

/* While the database answers, one request of a child asks it; meanwhile, and for
 * a second after that, the others get this answer. A database that does not
 * answer is asked by each request, so that it is known at once when it is back;
 * its breaker limits that. */
static bool is_up(request_rec *r)
{
    answer_t *answer = cctv_runtime_get(r->server, &answer_slot);
    cctv_time_t now = cctv_now();
    cctv_time_t due = atomic_load(&answer->due);

    if (atomic_load(&answer->is_up)
        && (now < due
            || !atomic_compare_exchange_strong(&answer->due, &due,
                                               now + PAUSE))) {
        return true;
    }
    return ask(r, answer);
}

/* Which of several Janus servers answer; names, and no addresses. */
static void add_servers(json_t *body)
{
    json_t *list;
    int i;

    if (cctv_video() == NULL || cctv_video()->settings.servers == NULL) {
        return;
    }
    list = json_object();
    for (i = 0; i < cctv_video()->servers.count; i++) {
        const cctv_janus_server_t *server = &cctv_video()->servers.at[i];

        json_object_set_new(
            list, server->name,
            json_string(cctv_janus_region_is_down(server->region) ? "down"
                        : server->is_draining                     ? "draining"
                                                                  : "up"));
    }
    json_object_set_new(body, "video_servers", list);
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
        up = is_up(r);
        database = up ? "up" : "down";
    }
    body = json_pack(
        "{s:s, s:s, s:s, s:s, s:s}", "status", "ok", "database", database,
        "sessions", cctv_views_are_full(shared, cctv_now()) ? "full" : "ok",
        "series", cctv_series_room_name(cctv_series_room(&shared->series)),
        "video", cctv_video_state());
    add_servers(body);
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
