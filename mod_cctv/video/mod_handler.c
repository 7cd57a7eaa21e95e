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
#include "secret/file.h"
#include "video/event_media.h"
#include "video/mod_lifecycle.h"
#include "video/mod_part.h"
#include "video/mod_proxied.h"
#include "views/mod_part.h"
#include "views/view_id.h"
#include "views/view_media.h"

#include "http_main.h"
#include "http_protocol.h"

#include <string.h>

/* The longest body: Janus sends several events at once. Bytes. */
#define BODY_MAX (1 << 20)

/* The user as which Janus logs in. */
#define USER "janus"

/* Whether it is the secret of any Janus server. */
static bool is_secret(const char *password)
{
    const cctv_servers_t *servers = &cctv_video()->servers;
    bool is_equal = false;
    int i;

    for (i = 0; i < servers->count; i++) {
        is_equal |= cctv_secret_is_equal(password,
                                         servers->at[i].rules.secret);
    }
    return is_equal;
}

static bool is_janus(request_rec *r)
{
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
    return strcmp(user, USER) == 0 && is_secret(password);
}

/* Note that events come from the Janus of a view. */
static void note_server(cctv_views_t *shared, const cctv_event_t *event)
{
    const cctv_janus_server_t *server = NULL;
    cctv_view_t view;

    if (cctv_event_view(shared, event, &view)) {
        server = cctv_servers_find(&cctv_video()->servers, view.server);
    }
    if (server != NULL) {
        atomic_store(&server->region->events_at, cctv_now());
    }
}

/* What is done with each type of event. Janus sends further ones, unless its
 * configuration says which; they have no effect. */
static const cctv_event_rule_t rules[] = {
    { CCTV_EVENT_SESSION, cctv_event_session },
    { CCTV_EVENT_HANDLE, cctv_proxied_handle },
    { CCTV_EVENT_HANDLE, cctv_event_handle },
    { CCTV_EVENT_JSEP, cctv_proxied_jsep },
    { CCTV_EVENT_WEBRTC, cctv_event_webrtc },
    { CCTV_EVENT_MEDIA, cctv_event_media },
    { CCTV_EVENT_WEBRTC, note_server },
    { CCTV_EVENT_MEDIA, note_server },
    { CCTV_EVENT_PLUGIN, cctv_proxied_plugin },
    { .type = 0 }
};

static bool take_events(const char *text, size_t len)
{
    cctv_video_memory_t *memory = cctv_video_memory();
    const cctv_event_clock_t clock = { .now = cctv_moment_now(),
                                       .wall = apr_time_now() };
    bool is_taken = cctv_events_take(text, len, rules, cctv_views(), &clock);

    /* With several servers the views say which one sends events. */
    if (is_taken && cctv_video()->servers.count == 1) {
        atomic_store(&cctv_video()->servers.at[0].region->events_at,
                     clock.now.time);
    }
    cctv_count(
        &memory->events[is_taken ? CCTV_EVENTS_TAKEN : CCTV_EVENTS_WRONG]);
    return is_taken;
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
        cctv_count(&cctv_video_memory()->events[CCTV_EVENTS_REFUSED]);
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
    return take_events(text, len)
               ? cctv_reply_empty(r, HTTP_NO_CONTENT)
               : cctv_reply_problem(r, HTTP_BAD_REQUEST,
                                    "The body has to be JSON: events of "
                                    "Janus.");
}
