/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file janus.c
 * @brief A client of Janus's HTTP API.
 * Layer: pure.
 */
#include "janus/janus.h"

#include "json/member.h"
#include "json/reader.h"

#include "apr_strings.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A list of 10,000 mountpoints takes about 3 MB. */
#define ANSWER_MAX (16 << 20)

/* The largest buffer that a connection keeps between calls. */
#define ANSWER_KEPT (64 << 10)

#define URL_SIZE 1024

#define PLUGIN "janus.plugin.streaming"

/* What a connection keeps from call to call. */
typedef struct connection_t connection_t;

struct connection_t {
    connection_t *next;
    CURL *curl;
    char *answer;
    size_t len;
    size_t size;
};

struct cctv_janus_t {
    cctv_janus_place_t place;
    /* query string of an event request; contains the secret */
    const char *query;
    struct curl_slist *headers;
    pthread_mutex_t mutex;
    connection_t *idle;
    _Atomic bool is_stopped;
};

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

    curl_global_init(CURL_GLOBAL_DEFAULT);
    janus->place = *place;
    janus->query = event_query(pool, place->secret);
    janus->headers = curl_slist_append(NULL, "Content-Type: application/json");
    /* Without this empty field libcurl waits for "100 Continue" before it
     * sends a long body. */
    janus->headers = curl_slist_append(janus->headers, "Expect:");
    pthread_mutex_init(&janus->mutex, NULL);
    return janus;
}

/* ---- Connections ---- */

static size_t keep(char *data, size_t one, size_t count, void *context)
{
    connection_t *connection = context;
    size_t len = one * count;

    if (len > ANSWER_MAX - connection->len) {
        return 0;
    }
    if (connection->len + len > connection->size) {
        size_t size = (connection->len + len) * 2;
        char *grown = realloc(connection->answer, size);

        if (grown == NULL) {
            return 0;
        }
        connection->answer = grown;
        connection->size = size;
    }
    memcpy(connection->answer + connection->len, data, len);
    connection->len += len;
    return len;
}

/* libcurl calls this at least once a second. */
static int is_stopped(void *janus_, curl_off_t a, curl_off_t b, curl_off_t c,
                      curl_off_t d)
{
    cctv_janus_t *janus = janus_;

    (void)a;
    (void)b;
    (void)c;
    (void)d;
    return atomic_load_explicit(&janus->is_stopped, memory_order_relaxed);
}

void cctv_janus_stop(cctv_janus_t *janus)
{
    atomic_store(&janus->is_stopped, true);
}

static connection_t *connect_new(cctv_janus_t *janus)
{
    connection_t *connection = calloc(1, sizeof *connection);
    CURL *curl = curl_easy_init();

    if (connection == NULL || curl == NULL) {
        free(connection);
        curl_easy_cleanup(curl);
        return NULL;
    }
    connection->curl = curl;
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    /* Ignore the proxy variables of the environment. */
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, janus->headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, connection);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, is_stopped);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, janus);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    return connection;
}

bool cctv_janus_begin(cctv_janus_t *janus, cctv_time_t deadline,
                      cctv_janus_session_t *session)
{
    connection_t *connection;

    *session = (cctv_janus_session_t){ .janus = janus, .deadline = deadline };
    pthread_mutex_lock(&janus->mutex);
    connection = janus->idle;
    if (connection != NULL) {
        janus->idle = connection->next;
    }
    pthread_mutex_unlock(&janus->mutex);
    if (connection == NULL) {
        connection = connect_new(janus);
    }
    session->connection = connection;
    return connection != NULL;
}

void cctv_janus_end(cctv_janus_session_t *session)
{
    connection_t *connection = session->connection;
    cctv_janus_t *janus = session->janus;

    if (connection->size > ANSWER_KEPT) {
        free(connection->answer);
        connection->answer = NULL;
        connection->size = 0;
    }
    pthread_mutex_lock(&janus->mutex);
    connection->next = janus->idle;
    janus->idle = connection;
    pthread_mutex_unlock(&janus->mutex);
}

/* ---- Calls ---- */

static cctv_janus_status_t status_of(CURLcode code)
{
    switch (code) {
    case CURLE_OK:
        return CCTV_JANUS_OK;
    case CURLE_OPERATION_TIMEDOUT:
        return CCTV_JANUS_LATE;
    case CURLE_WRITE_ERROR: /* the answer is too long */
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_BAD_CONTENT_ENCODING:
        return CCTV_JANUS_WRONG;
    default:
        return CCTV_JANUS_LOST;
    }
}

/* Send one request: a GET if there is no body. */
static cctv_janus_status_t request(cctv_janus_session_t *session,
                                   const char *url, const char *body)
{
    connection_t *connection = session->connection;
    CURL *curl = connection->curl;
    int64_t left = (session->deadline - cctv_now()) / 1000;

    if (left <= 0) {
        return CCTV_JANUS_LATE;
    }
    connection->len = 0;
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)left);
    if (body == NULL) {
        curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    }
    else {
        curl_easy_setopt(curl, CURLOPT_POST, 1L);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    }
    return status_of(curl_easy_perform(curl));
}

/* @return the answer as an object; NULL: it is none */
static json_t *parse_answer(const connection_t *connection)
{
    json_t *answer = connection->answer == NULL
                             || !cctv_json_has_memory(connection->len)
                         ? NULL
                         : json_loadb(connection->answer, connection->len, 0,
                                      NULL);

    if (!json_is_object(answer)) {
        json_decref(answer);
        return NULL;
    }
    return answer;
}

/* Copy as much of the reason as fits, without cutting a UTF-8 character. */
static void note_reason(cctv_janus_session_t *session, const char *reason)
{
    size_t len = strlen(reason);

    if (len >= sizeof session->reason) {
        len = sizeof session->reason - 1;
        while (len > 0 && ((unsigned char)reason[len] & 0xC0) == 0x80) {
            len--;
        }
    }
    memcpy(session->reason, reason, len);
    session->reason[len] = '\0';
}

static cctv_janus_status_t refused(cctv_janus_session_t *session,
                                   json_int_t code, const char *reason)
{
    session->code = code > 0 && code < 1000 ? (int)code : 0;
    note_reason(session, reason == NULL ? "no reason given" : reason);
    return CCTV_JANUS_REFUSED;
}

/* Check whether an answer is an error of Janus. */
static cctv_janus_status_t look_at(cctv_janus_session_t *session,
                                   const json_t *answer)
{
    const char *kind = json_string_value(json_object_get(answer, "janus"));
    const json_t *error = json_object_get(answer, "error");

    if (kind == NULL) {
        return CCTV_JANUS_WRONG;
    }
    if (strcmp(kind, "error") == 0) {
        return refused(session,
                       json_integer_value(json_object_get(error, "code")),
                       json_string_value(json_object_get(error, "reason")));
    }
    return CCTV_JANUS_OK;
}

static void count(const cctv_janus_session_t *session,
                  cctv_janus_status_t status, cctv_time_t started)
{
    static const cctv_janus_error_t errors[] = {
        [CCTV_JANUS_REFUSED] = CCTV_JANUS_ERROR_REFUSED,
        [CCTV_JANUS_LOST] = CCTV_JANUS_ERROR_LOST,
        [CCTV_JANUS_LATE] = CCTV_JANUS_ERROR_TIMEOUT,
        [CCTV_JANUS_WRONG] = CCTV_JANUS_ERROR_WRONG,
    };
    cctv_janus_counters_t *counters = session->janus->place.counters;

    cctv_histogram_observe(&counters->calls, cctv_now() - started);
    if (status != CCTV_JANUS_OK) {
        cctv_count(&counters->errors[errors[status]]);
    }
}

/* @param answer  written on success; json_decref() it */
static cctv_janus_status_t call(cctv_janus_session_t *session, const char *url,
                                const char *body, json_t **answer)
{
    cctv_time_t started = cctv_now();
    cctv_janus_status_t status = request(session, url, body);

    if (status == CCTV_JANUS_OK) {
        *answer = parse_answer(session->connection);
        status = *answer == NULL ? CCTV_JANUS_WRONG
                                 : look_at(session, *answer);
        if (status != CCTV_JANUS_OK) {
            json_decref(*answer);
        }
    }
    count(session, status, started);
    return status;
}

/* @param path     appended to the URL of Janus
 * @param request  owned by this function, which adds the members of every
 *                 request; NULL: there was no memory for it, and nothing is
 *                 sent */
static cctv_janus_status_t post(cctv_janus_session_t *session,
                                const char *base, const char *path,
                                const char *secret_name, json_t *request_,
                                json_t **answer)
{
    char url[URL_SIZE];
    cctv_janus_status_t status = CCTV_JANUS_WRONG;
    char *body;

    cctv_json_set(&request_, "transaction", json_string("cctv"));
    if (session->janus->place.secret != NULL) {
        cctv_json_set(&request_, secret_name,
                      json_string(session->janus->place.secret));
    }
    body = json_dumps(request_, JSON_COMPACT);
    json_decref(request_);
    if (body != NULL
        && (size_t)snprintf(url, sizeof url, "%s%s", base, path)
               < sizeof url) {
        status = call(session, url, body, answer);
    }
    free(body);
    return status;
}

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
    return post(session, session->janus->place.url, path, "apisecret",
                request_, answer);
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

    return code == NULL
               ? CCTV_JANUS_OK
               : refused(session, json_integer_value(code),
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
    char url[URL_SIZE];
    cctv_janus_status_t status;
    int len;

    len = snprintf(url, sizeof url, "%s/%" PRIu64 "%s", place->url,
                   session->id, session->janus->query);
    if ((size_t)len >= sizeof url) {
        return CCTV_JANUS_WRONG;
    }
    for (;;) {
        status = call(session, url, NULL, event);
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
    status = post(session, session->janus->place.url, path, "apisecret",
                  json_pack("{s:s}", "janus", what), &answer);
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

cctv_janus_status_t cctv_janus_handle_info(cctv_janus_session_t *session,
                                           uint64_t id, uint64_t handle,
                                           json_t **info)
{
    char path[64];
    json_t *answer;
    cctv_janus_status_t status;

    snprintf(path, sizeof path, "/%" PRIu64 "/%" PRIu64, id, handle);
    status = post(session, session->janus->place.admin_url, path,
                  "admin_secret", json_pack("{s:s}", "janus", "handle_info"),
                  &answer);
    if (status != CCTV_JANUS_OK) {
        return status;
    }
    *info = json_incref(json_object_get(answer, "info"));
    json_decref(answer);
    return *info == NULL ? CCTV_JANUS_WRONG : CCTV_JANUS_OK;
}
