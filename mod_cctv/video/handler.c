/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file handler.c
 * @brief POST of what Janus says has happened.
 * Layer: httpd.
 */
#include "video/handler.h"

#include "http/body.h"
#include "http/reply.h"
#include "core/log.h"
#include "secret/file.h"
#include "views/part.h"
#include "video/lifecycle.h"
#include "janus/token.h"
#include "views/views.h"

#include "http_protocol.h"

#include <string.h>

/* Janus sends what has gathered: bytes. */
#define BODY_MAX (1 << 20)

/* The user of whom Janus knows the password. */
#define USER "janus"

/* The kind of an event about a handle (janus/events/eventhandler.h). */
#define TYPE_HANDLE 2

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

/* The view that a token was made for. What was said of it before, and what is
 * said of another Janus session with its token, changes nothing. */
static void take_handle_event(const json_t *event)
{
    cctv_shared_t *shared = cctv_lifecycle_shared();
    cctv_moment_t now = cctv_lifecycle_now();
    const json_t *what = json_object_get(event, "event");
    const char *name = text_at(what, "name");
    uint64_t janus = id_at(event, "session_id");
    char view[CCTV_SESSION_ID_LENGTH + 1];
    cctv_session_t session;
    int64_t expiry;

    if (janus == 0
        || !cctv_token_check(cctv_video()->settings.secret,
                             text_at(what, "token"), view, &expiry)
        || !cctv_sessions_find(&shared->sessions, view, &session)
        || session.way != CCTV_WAY_PROXY) {
        return;
    }
    if (strcmp(name, "attached") == 0
        && expiry >= apr_time_sec(apr_time_now())) {
        if (cctv_sessions_attach(&shared->sessions, &session, janus)) {
            cctv_view_beat(shared, &session, now);
        }
    }
    else if (strcmp(name, "detached") == 0 && session.janus == janus) {
        /* It played until now. One that changed meanwhile is told so at its
         * next heartbeat. */
        if (!cctv_view_end(shared, &session, CCTV_ENDED_ENDED, now)) {
            cctv_sessions_lose(&shared->sessions, &session);
        }
    }
}

static void take_event(const json_t *event)
{
    if (json_integer_value(json_object_get(event, "type")) == TYPE_HANDLE) {
        take_handle_event(event);
    }
}

/* One event, or an array of them. @return whether it is that */
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
