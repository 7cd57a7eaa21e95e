/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.c
 * @brief Handler of the POST requests with events from Janus.
 * Layer: httpd.
 */
#include "video/mod_handler.h"

#include "http/mod_body.h"
#include "http/mod_reply.h"
#include "core/mod_log.h"
#include "janus/mountpoint_id.h"
#include "secret/file.h"
#include "views/mod_part.h"
#include "video/mod_lifecycle.h"
#include "video/mod_part.h"
#include "video/token.h"
#include "views/views.h"

#include "http_main.h"
#include "http_protocol.h"

#include <string.h>

/* The longest body: Janus sends several events at once. Bytes. */
#define BODY_MAX (1 << 20)

/* The user as which Janus logs in. */
#define USER "janus"

/* Types of events (Janus's events/eventhandler.h): about a handle, and from a
 * plugin. */
#define TYPE_HANDLE 2
#define TYPE_PLUGIN 64

static bool is_janus(request_rec *r)
{
    const char *secret = cctv_video()->settings.secret;
    const char *password = NULL;
    const char *line = apr_table_get(r->headers_in, "Authorization");
    const char *user;

    if (line == NULL
        || strcasecmp(ap_getword(r->pool, &line, ' '), "Basic") != 0) {
        return false;
    }
    while (*line == ' ') {
        line++;
    }
    password = ap_pbase64decode(r->pool, line);
    user = ap_getword_nulls(r->pool, &password, ':');
    return strcmp(user, USER) == 0 && cctv_secret_is_equal(password, secret);
}

static uint64_t id_at(const json_t *event, const char *name)
{
    json_int_t id = json_integer_value(json_object_get(event, name));

    return id > 0 && id >> 53 == 0 ? (uint64_t)id : 0;
}

static const char *text_at(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text == NULL ? "" : text;
}

/* Handle an event with the token of a view. If several Janus sessions use the
 * same token, the first one is the Janus session of the view. */
static void take_handle_event(const json_t *event)
{
    cctv_views_t *shared = cctv_views();
    cctv_moment_t now = cctv_moment_now();
    const json_t *what = json_object_get(event, "event");
    const char *name = text_at(what, "name");
    uint64_t janus = id_at(event, "session_id");
    char id[CCTV_VIEW_ID_LENGTH + 1];
    cctv_view_t view;
    int64_t expiry;

    if (janus == 0
        || !cctv_token_check(cctv_video()->settings.secret,
                             text_at(what, "token"), id, &expiry)
        || !cctv_view_table_find(&shared->table, id, &view)
        || view.transport != CCTV_TRANSPORT_PROXY) {
        return;
    }
    if (strcmp(name, "attached") == 0
        && expiry >= apr_time_sec(apr_time_now())) {
        cctv_proxied_put(&cctv_video_memory()->proxied, janus, view.camera);
        if (cctv_view_table_attach(&shared->table, &view, janus)) {
            cctv_view_beat(shared, &view, now);
        }
    }
    else if (strcmp(name, "detached") == 0) {
        cctv_proxied_remove(&cctv_video_memory()->proxied, janus);
    }
    if (strcmp(name, "detached") == 0 && view.janus == janus) {
        /* The view played until now. If it has changed meanwhile, the answer
         * to its next heartbeat tells its client that the video has ended. */
        if (!cctv_view_end(shared, &view, CCTV_ENDED_ENDED, now)) {
            cctv_view_table_lose(&shared->table, &view);
        }
    }
}

/* End the view that has this Janus session. This is rare, so a walk over all
 * slots is fast enough. */
static void end_view_of(cctv_views_t *shared, uint64_t janus)
{
    cctv_view_t view;
    uint32_t i;

    for (i = 0; i < shared->table.max; i++) {
        if (cctv_view_table_get(&shared->table, i, &view)
            && view.transport == CCTV_TRANSPORT_PROXY && view.janus == janus) {
            cctv_view_end(shared, &view, CCTV_ENDED_DENIED, cctv_moment_now());
        }
    }
}

/* Janus accepts a token for every mountpoint. So a Janus session that watches
 * another camera than its view is destroyed here. */
static void take_plugin_event(const json_t *event)
{
    cctv_views_t *shared = cctv_views();
    const json_t *data = json_object_get(json_object_get(event, "event"),
                                         "data");
    uint64_t janus = id_at(event, "session_id");
    int32_t camera = cctv_proxied_get(&cctv_video_memory()->proxied, janus);

    if (camera == 0 || text_at(data, "status")[0] == '\0'
        || !json_is_integer(json_object_get(data, "id"))
        || cctv_mountpoint_camera(
               json_integer_value(json_object_get(data, "id")))
               == camera) {
        return;
    }
    CCTV_LOG_S(APLOG_WARNING, 0, ap_server_conf, "CCTV0071",
               "a browser with the token of a view of camera %d watches "
               "mountpoint %" JSON_INTEGER_FORMAT " of Janus: its Janus "
               "session is destroyed",
               camera, json_integer_value(json_object_get(data, "id")));
    cctv_proxied_remove(&cctv_video_memory()->proxied, janus);
    cctv_discard_put(&shared->discarded, janus);
    end_view_of(shared, janus);
}

static void take_event(const json_t *event)
{
    switch (json_integer_value(json_object_get(event, "type"))) {
    case TYPE_HANDLE:
        take_handle_event(event);
        break;
    case TYPE_PLUGIN:
        take_plugin_event(event);
        break;
    }
}

/* Handle one event, or an array of events.
 * @return false: the text is neither */
static bool take_all(const char *text, size_t len)
{
    json_t *events = json_loadb(text, len, 0, NULL);
    const json_t *event;
    size_t i;

    if (json_is_object(events)) {
        take_event(events);
    }
    json_array_foreach(events, i, event)
    {
        take_event(event);
    }
    json_decref(events);
    return events != NULL;
}

int cctv_janus_events_handler(request_rec *r)
{
    const char *text;
    size_t len;
    int result;

    if (cctv_video() == NULL) {
        return DECLINED;
    }
    if (!cctv_reply_allows(r, M_POST, &result)) {
        return result;
    }
    if (!is_janus(r)) {
        CCTV_LOG_R(APLOG_ERR, 0, r, "CCTV0047",
                   "events of Janus without its secret: in its event handler "
                   "backend_user has to be janus and backend_pwd the secret");
        return cctv_reply_problem(r, HTTP_FORBIDDEN,
                                  "Only Janus may send events.");
    }
    text = cctv_body_read(r, BODY_MAX, &len, &result);
    if (text == NULL) {
        return result;
    }
    return take_all(text, len)
               ? cctv_reply_empty(r, HTTP_NO_CONTENT)
               : cctv_reply_problem(r, HTTP_BAD_REQUEST,
                                    "The body has to be JSON: events of "
                                    "Janus.");
}
