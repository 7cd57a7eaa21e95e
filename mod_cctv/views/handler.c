/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file handler.c
 * @brief POST of the start, the heartbeats and the end of a view.
 * Layer: httpd.
 */
#include "views/handler.h"

#include "cameras/access.h"
#include "cameras/handler.h"
#include "cameras/source.h"
#include "config.h"
#include "geoip/lookup.h"
#include "http/body.h"
#include "http/cors.h"
#include "http/reply.h"
#include "shared/lifecycle.h"
#include "views/agent.h"
#include "views/views.h"

#include "apr_strings.h"

#include <limits.h>
#include <string.h>

/* A client sends so many heartbeats in the time of its timeout, so that two
 * may be lost. */
#define BEATS 3

/* An IPv6 client has all addresses with the same first so many bytes. */
#define IPV6_NETWORK 8

/* What all three have in common: the request as JSON.
 * @param result  written where there is none: it has been answered */
static json_t *read_post(request_rec *r, int *result)
{
    cctv_cors_apply(r, M_POST);
    if (!cctv_reply_allows(r, M_POST, result)
        || !cctv_cors_is_trusted(r, result)) {
        return NULL;
    }
    return cctv_body_read_json(r, result);
}

static uint64_t hash_text(const char *text)
{
    return cctv_segment_hash(cctv_lifecycle_shared(), text, strlen(text));
}

static uint64_t user_of(const request_rec *r)
{
    return r->user == NULL || r->user[0] == '\0' ? 0 : hash_text(r->user);
}

static uint64_t client_of(const request_rec *r)
{
    const apr_sockaddr_t *address = r->useragent_addr;
    const unsigned char *bytes = address->ipaddr_ptr;
    size_t len = (size_t)address->ipaddr_len;
    static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

    if (len == 16) {
        if (memcmp(bytes, mapped, sizeof mapped) == 0) {
            bytes += sizeof mapped;
            len = 4;
        }
        else {
            len = IPV6_NETWORK;
        }
    }
    return cctv_segment_hash(cctv_lifecycle_shared(), bytes, len);
}

/* ---- Start ---- */

/* {"camera_id": 42}
 * @param id  0: an integer, but of no camera */
static bool parse_start(const json_t *body, int32_t *id)
{
    const json_t *value = json_object_get(body, "camera_id");
    json_int_t number = json_integer_value(value);

    *id = number > 0 && number <= INT32_MAX ? (int32_t)number : 0;
    return json_is_integer(value);
}

/* Whether the camera can be watched by the requester.
 * @param result  written where it cannot: it has been answered */
static bool look_up(request_rec *r, int32_t id, cctv_viewer_t *viewer,
                    int *result)
{
    cctv_filter_t filter = { .roles = cctv_access_roles(r) };
    cctv_camera_t camera;
    cctv_page_t page;

    if (id == 0 || (filter.roles != NULL && filter.roles->nelts == 0)) {
        *result = cctv_cameras_not_here(r);
        return false;
    }
    *result = cctv_source_item(r, &filter, id, &page);
    if (*result != OK) {
        *result = cctv_cameras_no_answer(r, *result);
        return false;
    }
    if (page.count == 0) {
        cctv_source_free(&page);
        *result = cctv_cameras_not_here(r);
        return false;
    }
    cctv_source_camera(&page, 0, &camera);
    viewer->camera = id;
    viewer->role = cctv_segment_hash(cctv_lifecycle_shared(), camera.role.text,
                                     camera.role.len);
    cctv_source_free(&page);
    if (!camera.playable) {
        *result = cctv_reply_problem(r, HTTP_CONFLICT,
                                     "The video of this camera cannot be "
                                     "shown in a browser: it is not "
                                     "playable.");
    }
    return camera.playable;
}

static void describe(request_rec *r, cctv_viewer_t *viewer)
{
    const apr_table_t *headers = r->headers_in;
    cctv_agent_t agent = cctv_agent_classify(
        apr_table_get(headers, "User-Agent"),
        apr_table_get(headers, "Sec-CH-UA"),
        apr_table_get(headers, "Sec-CH-UA-Platform"));

    viewer->browser = (uint8_t)agent.browser;
    viewer->os = (uint8_t)agent.os;
    viewer->country = cctv_geoip_lookup(r);
    viewer->user = user_of(r);
    viewer->timeout = (uint32_t)(cctv_config_session_timeout(r->server)
                                 / 1000);
    viewer->max_per_client = cctv_config_max_per_client(r->server);
    if (viewer->max_per_client > 0) {
        viewer->client = client_of(r);
    }
}

/* By hand, since jansson is slow at it; nothing in it has to be escaped. */
static int send_started(request_rec *r, const cctv_session_t *session)
{
    char id[CCTV_SESSION_ID_LENGTH + 1];
    char text[CCTV_SESSION_ID_LENGTH + 128];
    int timeout = (int)(session->timeout / 1000);
    int len;

    cctv_session_id(session, id);
    len = apr_snprintf(text, sizeof text,
                       "{\"session_id\":\"%s\",\"camera_id\":%d,"
                       "\"heartbeat_seconds\":%d,\"timeout_seconds\":%d}",
                       id, session->camera, timeout / BEATS, timeout);
    return cctv_reply_json_text(r, HTTP_CREATED, text, (size_t)len);
}

int cctv_view_start_handler(request_rec *r)
{
    cctv_viewer_t viewer = { .camera = 0 };
    cctv_session_t session;
    int result;
    int32_t id;
    json_t *body = read_post(r, &result);
    bool right;

    if (body == NULL) {
        return result;
    }
    right = parse_start(body, &id);
    json_decref(body);
    if (!right) {
        return cctv_reply_problem(
            r, HTTP_BAD_REQUEST,
            "The body has to be {\"camera_id\": number}, the number whole.");
    }
    if (!look_up(r, id, &viewer, &result)) {
        return result;
    }
    describe(r, &viewer);
    switch (cctv_view_start(cctv_lifecycle_shared(), &viewer,
                            cctv_lifecycle_now(), &session)) {
    case CCTV_VIEW_STARTED:
        return send_started(r, &session);
    case CCTV_VIEW_CLIENT_FULL:
        return cctv_reply_problem(r, HTTP_TOO_MANY_REQUESTS,
                                  "There are too many views from this address "
                                  "already: end one first.");
    case CCTV_VIEW_FULL:
        break;
    }
    return cctv_reply_problem(r, HTTP_SERVICE_UNAVAILABLE,
                              "There are as many views as the server takes: "
                              "try again in a moment.");
}

/* ---- Heartbeat and end ---- */

static bool may_see(request_rec *r, uint64_t role)
{
    const apr_array_header_t *roles = cctv_access_roles(r);
    int i;

    for (i = 0; roles != NULL && i < roles->nelts; i++) {
        if (hash_text(APR_ARRAY_IDX(roles, i, const char *)) == role) {
            return true;
        }
    }
    return roles == NULL;
}

/* Note a heartbeat. @return false: there is no such view any more */
static bool beat(request_rec *r, const char *id, cctv_session_t *session)
{
    cctv_shared_t *shared = cctv_lifecycle_shared();
    cctv_moment_t now = cctv_lifecycle_now();

    /* Where another request changes the view meanwhile, once more. */
    while (cctv_view_find(shared, id, user_of(r), now, session)) {
        if (!may_see(r, session->role)) {
            cctv_view_end(shared, session, CCTV_ENDED_DENIED, now);
        }
        else if (cctv_view_beat(shared, session, now)) {
            return true;
        }
    }
    return false;
}

/* Milliseconds are enough. */
static int send_watched(request_rec *r, const cctv_session_t *session)
{
    int64_t ms = (session->last - session->started) / 1000;
    char text[64];
    int len = apr_snprintf(text, sizeof text,
                           "{\"watched_seconds\":%" APR_INT64_T_FMT ".%03d}",
                           ms / 1000, (int)(ms % 1000));

    return cctv_reply_json_text(r, HTTP_OK, text, (size_t)len);
}

static int answer_beat(request_rec *r, const char *id)
{
    cctv_session_t session;

    return beat(r, id, &session)
               ? send_watched(r, &session)
               : cctv_reply_problem(r, HTTP_NOT_FOUND,
                                    "This view has ended or never was: start "
                                    "a new one.");
}

static int answer_end(request_rec *r, const char *id)
{
    cctv_shared_t *shared = cctv_lifecycle_shared();
    cctv_moment_t now = cctv_lifecycle_now();
    cctv_session_t session;

    while (cctv_view_find(shared, id, user_of(r), now, &session)
           && !cctv_view_end(shared, &session, CCTV_ENDED_ENDED, now)) {
    }
    return cctv_reply_empty(r, HTTP_NO_CONTENT);
}

/* What is sent to a view: {"session_id": "…"} */
static int with_session(request_rec *r,
                        int (*answer)(request_rec *r, const char *id))
{
    const char *id;
    int result;
    json_t *body = read_post(r, &result);

    if (body == NULL) {
        return result;
    }
    id = json_string_value(json_object_get(body, "session_id"));
    result = id != NULL ? answer(r, id)
                        : cctv_reply_problem(r, HTTP_BAD_REQUEST,
                                             "The body has to be "
                                             "{\"session_id\": \"…\"}.");
    json_decref(body);
    return result;
}

int cctv_heartbeat_handler(request_rec *r)
{
    return with_session(r, answer_beat);
}

int cctv_view_end_handler(request_rec *r)
{
    return with_session(r, answer_end);
}
