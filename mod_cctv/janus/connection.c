/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file connection.c
 * @brief HTTP connections to Janus, by libcurl.
 * Layer: pure.
 */
#include "janus/connection.h"

#include "json/reader.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* A list of 10,000 mountpoints takes about 3 MB. */
#define ANSWER_MAX (16 << 20)

/* The largest buffer that a connection keeps between calls. */
#define ANSWER_KEPT (64 << 10)

struct cctv_connection_t {
    cctv_connection_t *next;
    CURL *curl;
    char *answer;
    size_t len;
    size_t size;
};

struct cctv_connection_pool_t {
    struct curl_slist *headers;
    pthread_mutex_t mutex;
    cctv_connection_t *idle;
    _Atomic bool is_stopped;
};

cctv_connection_pool_t *cctv_connection_pool_create(apr_pool_t *pool)
{
    cctv_connection_pool_t *made = apr_pcalloc(pool, sizeof *made);

    curl_global_init(CURL_GLOBAL_DEFAULT);
    made->headers = curl_slist_append(NULL, "Content-Type: application/json");
    /* Without this empty field libcurl waits for "100 Continue" before it
     * sends a long body. */
    made->headers = curl_slist_append(made->headers, "Expect:");
    pthread_mutex_init(&made->mutex, NULL);
    return made;
}

void cctv_connection_pool_stop(cctv_connection_pool_t *pool)
{
    atomic_store(&pool->is_stopped, true);
}

static size_t keep(char *data, size_t one, size_t count, void *context)
{
    cctv_connection_t *connection = context;
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
static int is_stopped(void *pool_, curl_off_t a, curl_off_t b, curl_off_t c,
                      curl_off_t d)
{
    cctv_connection_pool_t *pool = pool_;

    (void)a;
    (void)b;
    (void)c;
    (void)d;
    return atomic_load_explicit(&pool->is_stopped, memory_order_relaxed);
}

static cctv_connection_t *connect_new(cctv_connection_pool_t *pool)
{
    cctv_connection_t *connection = calloc(1, sizeof *connection);
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
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, pool->headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, connection);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, is_stopped);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, pool);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    return connection;
}

cctv_connection_t *cctv_connection_take(cctv_connection_pool_t *pool)
{
    cctv_connection_t *connection;

    pthread_mutex_lock(&pool->mutex);
    connection = pool->idle;
    if (connection != NULL) {
        pool->idle = connection->next;
    }
    pthread_mutex_unlock(&pool->mutex);
    return connection == NULL ? connect_new(pool) : connection;
}

void cctv_connection_give_back(cctv_connection_pool_t *pool,
                               cctv_connection_t *connection)
{
    if (connection->size > ANSWER_KEPT) {
        free(connection->answer);
        connection->answer = NULL;
        connection->size = 0;
    }
    pthread_mutex_lock(&pool->mutex);
    connection->next = pool->idle;
    pool->idle = connection;
    pthread_mutex_unlock(&pool->mutex);
}

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

cctv_janus_status_t cctv_connection_send(cctv_connection_t *connection,
                                         const char *url, const char *body,
                                         cctv_time_t deadline)
{
    CURL *curl = connection->curl;
    int64_t left = (deadline - cctv_now()) / 1000;

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

json_t *cctv_connection_answer(const cctv_connection_t *connection)
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
