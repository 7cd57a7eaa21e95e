/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_asker.c
 * @brief Has pictures fetched for a process: asks the database where they come
 *        from, and passes that on to the fetcher.
 * Layer: httpd.
 */
#include "stills/mod_asker.h"

#include "cameras/mod_source.h"
#include "core/mod_log.h"
#include "core/thread.h"
#include "memory/mod_part.h"
#include "stills/fetch.h"
#include "stills/mod_origin.h"
#include "stills/mod_result.h"
#include "stills/mod_settings.h"

#include "http_main.h"

#include <curl/curl.h>
#include <string.h>

/* The most cameras that wait, and those of one query. */
#define QUEUE_SIZE 1024
#define QUERY_SIZE 64

/* A camera whose picture is wanted. */
typedef struct {
    server_rec *server;
    uint64_t database;
    int32_t camera;
    bool is_passed_on;
} wanted_t;

static cctv_stills_memory_t *memory;
static cctv_still_cache_t *cache;

/* `mutex` is held for all of these. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static wanted_t queue[QUEUE_SIZE];
static int first;
static int count;
static bool is_started;
static bool is_stopped;

static pthread_t thread;
static cctv_fetcher_t *fetcher;

/* ---- One query ---- */

typedef struct {
    wanted_t *wanted;
    int count;
    apr_pool_t *pool;
} query_t;

static void begin_fetch(apr_pool_t *pool, const wanted_t *wanted,
                        const char *role, const char *url, const char *key)
{
    cctv_origin_still_t origin;
    cctv_fetch_t *fetch;

    if (url == NULL || !cctv_origin_find(pool, url, key, &origin)) {
        cctv_result_note_failure(memory, wanted->database, wanted->camera,
                                 CCTV_FAILURE_NO_SUCH_PATH,
                                 " Its still_url is empty or cannot be used");
        return;
    }
    fetch = cctv_fetch_make(origin.url, origin.host, origin.user,
                            origin.password);
    if (fetch != NULL) {
        fetch->database = wanted->database;
        fetch->camera = wanted->camera;
        fetch->role = cctv_keyed_hash(role, strlen(role));
    }
    if (fetch == NULL || !cctv_fetcher_add(fetcher, fetch)) {
        if (fetch != NULL) {
            cctv_fetch_free(fetch);
        }
        cctv_result_give_up(memory, wanted->database, wanted->camera);
    }
}

/* Called for each camera that the database has. */
static void pass_on(void *query_, int id, const char *role, const char *url,
                    const char *key)
{
    query_t *query = query_;
    int i;

    for (i = 0; i < query->count; i++) {
        wanted_t *wanted = &query->wanted[i];

        if (wanted->camera == id && !wanted->is_passed_on) {
            wanted->is_passed_on = true;
            begin_fetch(query->pool, wanted, role, url, key);
            return;
        }
    }
}

static void ask_database(apr_pool_t *pool, wanted_t *wanted, int n)
{
    query_t query = { wanted, n, pool };
    int ids[QUERY_SIZE];
    int i;

    for (i = 0; i < n; i++) {
        ids[i] = wanted[i].camera;
    }
    /* Whatever went wrong has been logged. */
    (void)cctv_source_stills(wanted[0].server, pool, ids, n, pass_on, &query);
    for (i = 0; i < n; i++) {
        if (!wanted[i].is_passed_on) {
            cctv_result_give_up(memory, wanted[i].database, wanted[i].camera);
        }
    }
}

/* ---- The thread ---- */

/* Take the next cameras of one server. @return their number; 0: the process
 * ends */
static int take(wanted_t *out)
{
    int n = 0;

    pthread_mutex_lock(&mutex);
    while (count == 0 && !is_stopped) {
        pthread_cond_wait(&changed, &mutex);
    }
    while (!is_stopped && n < QUERY_SIZE && count > 0
           && (n == 0 || queue[first].server == out[0].server)) {
        out[n++] = queue[first];
        first = (first + 1) % QUEUE_SIZE;
        count--;
    }
    pthread_mutex_unlock(&mutex);
    return n;
}

static void *run(void *pool_)
{
    apr_pool_t *pool = pool_;
    wanted_t wanted[QUERY_SIZE] = { { .camera = 0 } };
    int n;

    while ((n = take(wanted)) > 0) {
        ask_database(pool, wanted, n);
        apr_pool_clear(pool);
    }
    apr_pool_destroy(pool);
    return NULL;
}

static void done(cctv_fetch_t *fetch)
{
    cctv_result_note(memory, cache, fetch);
}

/* With the mutex held. */
static bool start(void)
{
    const cctv_stills_settings_t *settings = cctv_stills_settings(
        ap_server_conf);
    cctv_fetch_rules_t rules = { .hosts = settings->hosts,
                                 .timeout = settings->timeout,
                                 .done = done };
    apr_pool_t *pool;

    if (apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        return false;
    }
    fetcher = cctv_fetcher_start(&rules);
    if (fetcher != NULL && cctv_thread_create(&thread, NULL, run, pool)) {
        is_started = true;
        return true;
    }
    CCTV_LOG_S(APLOG_ERR, APR_ENOMEM, ap_server_conf, "CCTV0262",
               "the threads that fetch still pictures cannot be started");
    if (fetcher != NULL) {
        cctv_fetcher_stop(fetcher);
        fetcher = NULL;
    }
    apr_pool_destroy(pool);
    return false;
}

static apr_status_t stop(void *unused)
{
    bool was_started;

    (void)unused;
    pthread_mutex_lock(&mutex);
    is_stopped = true;
    was_started = is_started;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&mutex);
    if (was_started) {
        pthread_join(thread, NULL);
        cctv_fetcher_stop(fetcher);
    }
    for (; count > 0; count--) {
        cctv_result_give_up(memory, queue[first].database,
                            queue[first].camera);
        first = (first + 1) % QUEUE_SIZE;
    }
    return APR_SUCCESS;
}

void cctv_asker_child_init(apr_pool_t *pchild,
                           cctv_stills_memory_t *stills_memory,
                           cctv_still_cache_t *stills_cache)
{
    memory = stills_memory;
    cache = stills_cache;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    apr_pool_pre_cleanup_register(pchild, NULL, stop);
}

bool cctv_asker_ask(server_rec *s, uint64_t database, int32_t camera)
{
    bool is_taken;

    pthread_mutex_lock(&mutex);
    is_taken = !is_stopped && count < QUEUE_SIZE && (is_started || start());
    if (is_taken) {
        queue[(first + count) % QUEUE_SIZE] = (wanted_t){ .server = s,
                                                          .database = database,
                                                          .camera = camera };
        count++;
        pthread_cond_signal(&changed);
    }
    pthread_mutex_unlock(&mutex);
    return is_taken;
}
