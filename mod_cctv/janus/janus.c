/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file janus.c
 * @brief A client of Janus's HTTP API: its calls, and what it answers.
 * Layer: pure.
 */
#include "janus/janus.h"

#include "janus/call.h"
#include "json/member.h"

#include "apr_strings.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

#define PLUGIN "janus.plugin.streaming"

const char *cctv_janus_why(cctv_janus_status_t status)
{
    switch (status) {
    case CCTV_JANUS_LATE:
        return "not in time";
    case CCTV_JANUS_LOST:
        return "no connection";
    default:
        return "what answers there is no Janus";
    }
}

/* A secret may contain any character, so escape it. */
static const char *event_query(apr_pool_t *pool, const char *secret)
{
    char *escaped = secret == NULL ? NULL : curl_easy_escape(NULL, secret, 0);
    const char *query = apr_pstrcat(
        pool, "?maxev=1", escaped == NULL ? NULL : "&apisecret=", escaped,
        NULL);

    curl_free(escaped);
    return query;
}

cctv_janus_t *cctv_janus_create(apr_pool_t *pool,
                                const cctv_janus_place_t *place)
{
    cctv_janus_t *janus = apr_pcalloc(pool, sizeof *janus);

    janus->connections = cctv_connection_pool_create(pool);
    janus->place = *place;
    janus->query = event_query(pool, place->secret);
    return janus;
}

void cctv_janus_stop(cctv_janus_t *janus)
{
    cctv_connection_pool_stop(janus->connections);
}

bool cctv_janus_begin(cctv_janus_t *janus, cctv_time_t deadline,
                      cctv_janus_session_t *session)
{
    *session = (cctv_janus_session_t){ .janus = janus,
                                       .connection = cctv_connection_take(
                                           janus->connections),
                                       .deadline = deadline };
    return session->connection != NULL;
}

void cctv_janus_end(cctv_janus_session_t *session)
{
    cctv_connection_give_back(session->janus->connections,
                              session->connection);
}

/* ---- Calls ---- */

static cctv_janus_status_t post_api(cctv_janus_session_t *session,
                                    json_t *request_, json_t **answer)
{
    char path[64] = "";

    if (session->handle != 0) {
        snprintf(path, sizeof path, "/%" PRIu64 "/%" PRIu64, session->id,
                 session->handle);
    }
    else if (session->id != 0) {
        snprintf(path, sizeof path, "/%" PRIu64, session->id);
    }
    return cctv_janus_post(session, session->janus->place.url, path,
                           "apisecret", request_, answer);
}

/* Create something in Janus and get its id. */
static cctv_janus_status_t make(cctv_janus_session_t *session,
                                json_t *request_, uint64_t *id)
{
    json_t *answer;
    json_int_t number;
    cctv_janus_status_t status = post_api(session, request_, &answer);

    if (status != CCTV_JANUS_OK) {
        return status;
    }
    number = json_integer_value(
        json_object_get(json_object_get(answer, "data"), "id"));
    json_decref(answer);
    if (number <= 0 || number >> 53 != 0) {
        return CCTV_JANUS_WRONG;
    }
    *id = (uint64_t)number;
    return CCTV_JANUS_OK;
}

cctv_janus_status_t cctv_janus_version(cctv_janus_session_t *session,
                                       int *version)
{
    char url[CCTV_JANUS_URL_SIZE];
    cctv_janus_status_t status;
    json_int_t number;
    json_t *answer;

    if ((size_t)snprintf(url, sizeof url, "%s/info", session->janus->place.url)
        >= sizeof url) {
        return CCTV_JANUS_WRONG;
    }
    status = cctv_janus_call(session, url, NULL, &answer);
    if (status != CCTV_JANUS_OK) {
        return status;
    }
    number = json_integer_value(json_object_get(answer, "version"));
    json_decref(answer);
    if (number <= 0 || number > INT_MAX) {
        return CCTV_JANUS_WRONG;
    }
    *version = (int)number;
    return CCTV_JANUS_OK;
}

cctv_janus_status_t cctv_janus_open(cctv_janus_session_t *session)
{
    cctv_janus_status_t status;

    session->id = session->handle = 0;
    status = make(session, json_pack("{s:s}", "janus", "create"),
                  &session->id);
    return status != CCTV_JANUS_OK
               ? status
               : make(session,
                      json_pack("{s:s, s:s}", "janus", "attach", "plugin",
                                PLUGIN),
                      &session->handle);
}

/* The plugin's part of an answer or event. */
static const json_t *plugin_data(const json_t *answer)
{
    return json_object_get(json_object_get(answer, "plugindata"), "data");
}

static cctv_janus_status_t look_at_plugin(cctv_janus_session_t *session,
                                          const json_t *data)
{
    const json_t *code = json_object_get(data, "error_code");

    return code == NULL ? CCTV_JANUS_OK
                        : cctv_janus_refused(
                            session, json_integer_value(code),
                            json_string_value(json_object_get(data, "error")));
}

cctv_janus_status_t cctv_janus_message(cctv_janus_session_t *session,
                                       json_t *body, json_t *jsep,
                                       json_t **reply)
{
    json_t *message = json_pack("{s:s, s:o}", "janus", "message", "body",
                                body);
    const json_t *data;
    json_t *answer;
    cctv_janus_status_t status;

    if (jsep != NULL) {
        cctv_json_set(&message, "jsep", jsep);
    }
    status = post_api(session, message, &answer);
    if (status != CCTV_JANUS_OK) {
        return status;
    }
    data = plugin_data(answer);
    status = look_at_plugin(session, data);
    if (status == CCTV_JANUS_OK) {
        *reply = json_deep_copy(data);
        status = data != NULL && *reply == NULL ? CCTV_JANUS_WRONG : status;
    }
    json_decref(answer);
    return status;
}

cctv_janus_status_t cctv_janus_event(cctv_janus_session_t *session,
                                     json_t **event)
{
    const cctv_janus_place_t *place = &session->janus->place;
    char url[CCTV_JANUS_URL_SIZE];
    cctv_janus_status_t status;
    int len;

    len = snprintf(url, sizeof url, "%s/%" PRIu64 "%s", place->url,
                   session->id, session->janus->query);
    if ((size_t)len >= sizeof url) {
        return CCTV_JANUS_WRONG;
    }
    for (;;) {
        status = cctv_janus_call(session, url, NULL, event);
        if (status != CCTV_JANUS_OK) {
            return status;
        }
        if (plugin_data(*event) != NULL) {
            status = look_at_plugin(session, plugin_data(*event));
            if (status != CCTV_JANUS_OK) {
                json_decref(*event);
            }
            return status;
        }
        /* Skip events that are not the plugin's: "keepalive", "webrtcup" and
         * others. */
        json_decref(*event);
    }
}

/* Make a call whose answer contains no data. */
static cctv_janus_status_t tell(cctv_janus_session_t *session, uint64_t id,
                                const char *what)
{
    char path[32];
    json_t *answer;
    cctv_janus_status_t status;

    snprintf(path, sizeof path, "/%" PRIu64, id);
    status = cctv_janus_post(session, session->janus->place.url, path,
                             "apisecret", json_pack("{s:s}", "janus", what),
                             &answer);
    if (status == CCTV_JANUS_OK) {
        json_decref(answer);
    }
    return status;
}

cctv_janus_status_t cctv_janus_keepalive(cctv_janus_session_t *session)
{
    return tell(session, session->id, "keepalive");
}

cctv_janus_status_t cctv_janus_destroy(cctv_janus_session_t *session,
                                       uint64_t id)
{
    cctv_janus_status_t status = tell(session, id, "destroy");

    return status == CCTV_JANUS_REFUSED
                   && session->code == CCTV_JANUS_NO_SESSION
               ? CCTV_JANUS_OK
               : status;
}

/* @param member  of the answer: gets a reference */
static cctv_janus_status_t ask_admin(cctv_janus_session_t *session,
                                     const char *path, const char *what,
                                     const char *member, json_t **found)
{
    json_t *answer;
    cctv_janus_status_t status = cctv_janus_post(
        session, session->janus->place.admin_url, path, "admin_secret",
        json_pack("{s:s}", "janus", what), &answer);

    if (status != CCTV_JANUS_OK) {
        return status;
    }
    *found = json_incref(json_object_get(answer, member));
    json_decref(answer);
    return *found == NULL ? CCTV_JANUS_WRONG : CCTV_JANUS_OK;
}

cctv_janus_status_t cctv_janus_handle_info(cctv_janus_session_t *session,
                                           uint64_t id, uint64_t handle,
                                           json_t **info)
{
    char path[64];

    snprintf(path, sizeof path, "/%" PRIu64 "/%" PRIu64, id, handle);
    return ask_admin(session, path, "handle_info", "info", info);
}

cctv_janus_status_t cctv_janus_list_sessions(cctv_janus_session_t *session,
                                             json_t **sessions)
{
    return ask_admin(session, "", "list_sessions", "sessions", sessions);
}

cctv_janus_status_t cctv_janus_list_handles(cctv_janus_session_t *session,
                                            uint64_t id, json_t **handles)
{
    char path[32];

    snprintf(path, sizeof path, "/%" PRIu64, id);
    return ask_admin(session, path, "list_handles", "handles", handles);
}
