/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_overview.c
 * @brief The overview of the admin's view: what fails, what is denied, how full
 *        the tables are.
 * Layer: httpd.
 */
#include "admin/mod_overview.h"

#include "admin/mod_lists.h"
#include "admin/mod_text.h"
#include "catalogue/mod_families.h"
#include "database/mod_pool.h"
#include "database/mod_runtime.h"
#include "http/mod_reply.h"
#include "memory/mod_part.h"
#include "metrics/series.h"
#include "video/mod_lifecycle.h"
#include "video/mod_part.h"
#include "viewers/mod_part.h"
#include "views/mod_part.h"
#include "views/view_media.h"

#include "apr_strings.h"
#include "http_protocol.h"

/* The most failures in an answer. */
#define FAILURES_MAX 1000

/* What a walk over the views and one over the failures count. */
typedef struct {
    uint32_t views;
    uint32_t playing;
    uint32_t sessions[CCTV_JANUS_MAX]; /* views with a Janus session */
    uint32_t failures;
} counts_t;

static void count_session(counts_t *counts, uint16_t server)
{
    const cctv_video_t *video = cctv_video();
    int i;

    for (i = 0; video != NULL && i < video->servers.count; i++) {
        counts->sessions[i] += video->servers.at[i].key == server;
    }
}

static counts_t count_views(cctv_time_t now)
{
    counts_t counts = { .views = 0 };
    uint32_t index = 0;
    cctv_view_t view;

    while (cctv_admin_next_view(&index, now, &view)) {
        counts.views++;
        counts.playing += cctv_transport_shows_video(view.transport)
                          && cctv_view_is_watched(&view);
        if (view.janus != 0) {
            count_session(&counts, view.server);
        }
    }
    return counts;
}

/* ---- Denials ---- */

static const char *const kinds[] = { [CCTV_DENIAL_CAMERA] = "camera",
                                     [CCTV_DENIAL_USER] = "user",
                                     [CCTV_DENIAL_VIEWER] = "view" };

static json_t *denial_json(const cctv_denial_t *denial, cctv_time_t now)
{
    return json_pack(
        "{s:s, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o}", "of",
        kinds[denial->kind], "camera",
        denial->camera == 0 ? json_null() : json_integer(denial->camera),
        "user", cctv_admin_name(denial->name), "user_id",
        cctv_admin_id(denial->user), "view",
        cctv_admin_view((cctv_public_id_t){ .high = denial->view,
                                            .low = denial->view_low }),
        "reason", denial->reason, "by", cctv_admin_name(denial->by), "since",
        cctv_admin_time(denial->since, now), "until",
        cctv_admin_time(denial->until, now), "seconds_left",
        cctv_admin_seconds(denial->until - now));
}

static json_t *list_denials(cctv_time_t now)
{
    json_t *list = json_array();
    cctv_denial_t denial;
    uint32_t i;

    for (i = 0; i <= CCTV_DENIALS_MAX; i++) {
        if (cctv_denials_get(cctv_viewers()->denials, i, now, &denial)
            && denial.kind < CCTV_DENIAL_ALL) {
            json_array_append_new(list, denial_json(&denial, now));
        }
    }
    return list;
}

static json_t *drain_json(cctv_time_t now)
{
    cctv_denial_t denial;

    if (!cctv_denials_drain(cctv_viewers()->denials, &denial)) {
        return json_null();
    }
    return json_pack("{s:o, s:o, s:s}", "since",
                     cctv_admin_time(denial.since, now), "by",
                     cctv_admin_name(denial.by), "reason", denial.reason);
}

/* ---- Failures ---- */

static json_t *failure_json(int32_t key, const cctv_failed_t *failed,
                            cctv_time_t now)
{
    const cctv_failure_words_t *words = cctv_failure_words(failed->why);

    return json_pack(
        "{s:i, s:i, s:s, s:s, s:b, s:o, s:o}", "camera",
        cctv_failures_camera(key), "stream", key < 0 ? 2 : 1, "reason",
        words->name, "detail", words->sentence, "is_refused",
        words->kind == CCTV_FAILS_CAMERA && failed->wait > 0, "next_try",
        failed->wait > 0 ? cctv_admin_time(now + failed->wait, now)
                         : json_null(),
        "next_try_seconds", cctv_admin_seconds(failed->wait));
}

static json_t *list_failures(cctv_time_t now, counts_t *counts)
{
    json_t *list = json_array();
    uint32_t i;

    for (i = 0; i < CCTV_FAILURES_SIZE; i++) {
        cctv_failed_t failed;
        int32_t key = cctv_failures_get(&cctv_video_memory()->failures, i, now,
                                        &failed);

        if (key != 0 && counts->failures++ < FAILURES_MAX) {
            json_array_append_new(list, failure_json(key, &failed, now));
        }
    }
    return list;
}

/* ---- What the server depends on ---- */

static const char *name_of(const cctv_breaker_t *breaker)
{
    return cctv_breaker_is_open(breaker) ? "open" : "closed";
}

static json_t *server_json(const cctv_janus_server_t *server,
                           const char *state, uint32_t sessions,
                           cctv_time_t now)
{
    const cctv_janus_region_t *janus = server->region;
    int version = atomic_load(&janus->version);
    char text[32];

    apr_snprintf(text, sizeof text, "%d.%d.%d", version / 1000,
                 version / 100 % 10, version % 100);
    return json_pack("{s:s, s:s, s:o, s:I, s:I, s:b, s:b, s:b}", "state",
                     state, "breaker", name_of(&janus->breaker), "version",
                     cctv_admin_name(version == 0 ? "" : text), "sessions",
                     (json_int_t)sessions, "mountpoints",
                     (json_int_t)cctv_counted(&janus->mountpoints),
                     "sends_events", cctv_janus_region_has_events(janus, now),
                     "refuses_us",
                     atomic_load(&janus->refuses_sessions)
                         || atomic_load(&janus->refuses_lists),
                     "lacks_candidates",
                     atomic_load(&cctv_video_memory()->lacks_candidates) != 0);
}

/* Of several servers, each is in the list. */
static json_t *servers_json(const counts_t *counts, cctv_time_t now)
{
    const cctv_servers_t *servers = &cctv_video()->servers;
    json_t *list = json_array();
    int i;

    for (i = 0; i < servers->count; i++) {
        const cctv_janus_server_t *server = &servers->at[i];
        json_t *one = server_json(
            server, cctv_janus_region_is_down(server->region) ? "down" : "up",
            counts->sessions[i], now);

        json_object_set_new(one, "name", json_string(server->name));
        json_object_set_new(one, "draining",
                            json_boolean(server->is_draining));
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *janus_json(const counts_t *counts, cctv_time_t now)
{
    if (cctv_video() == NULL) {
        return json_pack("{s:s}", "state", "off");
    }
    if (cctv_video()->settings.servers != NULL) {
        return json_pack("{s:s, s:o}", "state", cctv_video_state(), "servers",
                         servers_json(counts, now));
    }
    return server_json(&cctv_video()->servers.at[0], cctv_video_state(),
                       counts->sessions[0], now);
}

/* The gate is that of this process. */
static json_t *database_json(const server_rec *s)
{
    struct cctv_pool_t *pool;
    cctv_gate_t *gate;
    json_t *found;

    if (!cctv_database_is_configured(s)) {
        return json_pack("{s:s}", "state", "none");
    }
    pool = cctv_database_pool(s);
    if (pool == NULL) {
        return json_pack("{s:s, s:s}", "state", "up", "breaker",
                         name_of(cctv_database_breaker(s)));
    }
    gate = &pool->gate;
    pthread_mutex_lock(&gate->mutex);
    found = json_pack("{s:i, s:i, s:i}", "places", gate->max_inside, "inside",
                      gate->inside, "waiting", gate->waiting);
    pthread_mutex_unlock(&gate->mutex);
    return json_pack(
        "{s:s, s:s, s:o}", "state",
        cctv_breaker_is_open(cctv_database_breaker(s)) ? "down" : "up",
        "breaker", name_of(cctv_database_breaker(s)), "gate", found);
}

static json_t *catalogue_json(const server_rec *s)
{
    cctv_catalogue_figures_t figures;

    if (!cctv_catalogue_figures(s, &figures)) {
        return json_null();
    }
    return json_pack("{s:I, s:I, s:o}", "generation",
                     (json_int_t)figures.generation, "cameras",
                     (json_int_t)figures.cameras, "age_seconds",
                     cctv_admin_seconds(figures.age));
}

static json_t *table_json(const char *name, uint64_t used, uint64_t max)
{
    return json_pack("{s:s, s:I, s:I}", "name", name, "used", (json_int_t)used,
                     "max", (json_int_t)max);
}

static json_t *tables_json(const counts_t *counts, size_t denials)
{
    const cctv_views_t *shared = cctv_views();

    return json_pack(
        "[o, o, o, o]", table_json("views", counts->views, shared->table.max),
        table_json("series", cctv_counted(&shared->series.head->used),
                   shared->series.max),
        table_json("failures", counts->failures, CCTV_FAILURES_SIZE),
        table_json("denials", denials, CCTV_DENIALS_MAX));
}

int cctv_admin_overview(request_rec *r)
{
    cctv_time_t now = cctv_now();
    counts_t counts = count_views(now);
    json_t *failures = list_failures(now, &counts);
    json_t *denials = list_denials(now);

    return cctv_reply_json(
        r, HTTP_OK,
        json_pack("{s:o, s:o, s:{s:I, s:I}, s:o, s:I, s:o, s:o, s:o, s:o, "
                  "s:o, s:I, s:b}",
                  "time", cctv_admin_time(now, now), "draining",
                  drain_json(now), "views", "live", (json_int_t)counts.views,
                  "playing", (json_int_t)counts.playing, "failures", failures,
                  "failures_total", (json_int_t)counts.failures, "denials",
                  denials, "janus", janus_json(&counts, now), "database",
                  database_json(r->server), "catalogue",
                  catalogue_json(r->server), "tables",
                  tables_json(&counts, json_array_size(denials)),
                  "shared_memory_bytes",
                  (json_int_t)cctv_segment_size(cctv_memory()), "names_users",
                  cctv_viewers()->names.max > 0));
}
