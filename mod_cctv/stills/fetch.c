/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file fetch.c
 * @brief Fetches still pictures from cameras, by libcurl, many at a time in one
 *        thread.
 * Layer: pure.
 */
#include "stills/fetch.h"

#include "core/thread.h"
#include "stills/transfer.h"

#include <curl/curl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* How long the thread sleeps at most: ms. */
#define TICK 1000

/* The most connections that stay open between two pictures. */
#define CONNECTIONS 64L

struct cctv_fetcher_t {
    cctv_fetch_rules_t rules;
    CURLM *multi;
    pthread_t thread;
    pthread_mutex_t mutex; /* of the members below */
    cctv_fetch_t *first;
    cctv_fetch_t **last;
    int waiting;
    bool is_stopped;
    /* Of the thread. */
    cctv_fetch_t *running;
    int count;
};

/* ---- A fetch ---- */

static bool copy(char **out, const char *text)
{
    *out = text == NULL ? NULL : strdup(text);
    return text == NULL || *out != NULL;
}

cctv_fetch_t *cctv_fetch_make(const char *url, const char *host,
                              const char *user, const char *password)
{
    cctv_fetch_t *fetch = calloc(1, sizeof *fetch);

    if (fetch != NULL
        && (!copy(&fetch->url, url) || !copy(&fetch->host, host)
            || !copy(&fetch->user, user)
            || !copy(&fetch->password, password))) {
        cctv_fetch_free(fetch);
        return NULL;
    }
    return fetch;
}

void cctv_fetch_free(cctv_fetch_t *fetch)
{
    free(fetch->url);
    free(fetch->host);
    free(fetch->user);
    free(fetch->password);
    free(fetch->data);
    free(fetch);
}

/* ---- The thread ---- */

static void finish(cctv_fetcher_t *fetcher, cctv_fetch_t *fetch)
{
    fetch->took = cctv_now() - fetch->started;
    fetcher->rules.done(fetch);
    cctv_fetch_free(fetch);
}

static void give_up(cctv_fetcher_t *fetcher, cctv_fetch_t *fetch)
{
    fetch->is_stopped = true;
    finish(fetcher, fetch);
}

static void begin(cctv_fetcher_t *fetcher, cctv_fetch_t *fetch)
{
    fetch->started = cctv_now();
    fetch->hosts = fetcher->rules.hosts;
    fetch->curl = cctv_transfer_make(fetch, fetcher->rules.timeout);
    if (fetch->curl == NULL
        || curl_multi_add_handle(fetcher->multi, fetch->curl) != CURLM_OK) {
        curl_easy_cleanup(fetch->curl);
        give_up(fetcher, fetch);
        return;
    }
    fetch->next = fetcher->running;
    fetcher->running = fetch;
    fetcher->count++;
}

/* @return NULL: there is none, or enough are running */
static cctv_fetch_t *take(cctv_fetcher_t *fetcher)
{
    cctv_fetch_t *fetch = NULL;

    pthread_mutex_lock(&fetcher->mutex);
    if (fetcher->first != NULL && fetcher->count < CCTV_FETCHES_MAX) {
        fetch = fetcher->first;
        fetcher->first = fetch->next;
        fetcher->waiting--;
        if (fetcher->first == NULL) {
            fetcher->last = &fetcher->first;
        }
    }
    pthread_mutex_unlock(&fetcher->mutex);
    return fetch;
}

static void remove_running(cctv_fetcher_t *fetcher, cctv_fetch_t *fetch)
{
    cctv_fetch_t **at = &fetcher->running;

    while (*at != fetch) {
        at = &(*at)->next;
    }
    *at = fetch->next;
    fetcher->count--;
    curl_multi_remove_handle(fetcher->multi, fetch->curl);
}

static void collect(cctv_fetcher_t *fetcher)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(fetcher->multi, &left)) != NULL) {
        CURLcode code = message->data.result;
        cctv_fetch_t *fetch = NULL;

        if (message->msg != CURLMSG_DONE) {
            continue;
        }
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
                          (char **)&fetch);
        cctv_transfer_end(fetch, (int)code);
        remove_running(fetcher, fetch);
        curl_easy_cleanup(fetch->curl);
        finish(fetcher, fetch);
    }
}

static bool is_stopped(cctv_fetcher_t *fetcher)
{
    bool stopped;

    pthread_mutex_lock(&fetcher->mutex);
    stopped = fetcher->is_stopped;
    pthread_mutex_unlock(&fetcher->mutex);
    return stopped;
}

static void end_all(cctv_fetcher_t *fetcher)
{
    cctv_fetch_t *fetch;

    while ((fetch = fetcher->running) != NULL) {
        remove_running(fetcher, fetch);
        curl_easy_cleanup(fetch->curl);
        give_up(fetcher, fetch);
    }
    while ((fetch = take(fetcher)) != NULL) {
        give_up(fetcher, fetch);
    }
}

static void *run(void *fetcher_)
{
    cctv_fetcher_t *fetcher = fetcher_;
    cctv_fetch_t *fetch;
    int running;

    while (!is_stopped(fetcher)) {
        while ((fetch = take(fetcher)) != NULL) {
            begin(fetcher, fetch);
        }
        curl_multi_perform(fetcher->multi, &running);
        collect(fetcher);
        curl_multi_poll(fetcher->multi, NULL, 0, TICK, NULL);
    }
    end_all(fetcher);
    return NULL;
}

/* ---- For other threads ---- */

cctv_fetcher_t *cctv_fetcher_start(const cctv_fetch_rules_t *rules)
{
    cctv_fetcher_t *fetcher = calloc(1, sizeof *fetcher);

    if (fetcher == NULL) {
        return NULL;
    }
    fetcher->rules = *rules;
    fetcher->last = &fetcher->first;
    fetcher->multi = curl_multi_init();
    pthread_mutex_init(&fetcher->mutex, NULL);
    if (fetcher->multi != NULL) {
        curl_multi_setopt(fetcher->multi, CURLMOPT_MAXCONNECTS, CONNECTIONS);
    }
    if (fetcher->multi == NULL
        || !cctv_thread_create(&fetcher->thread, NULL, run, fetcher)) {
        curl_multi_cleanup(fetcher->multi);
        free(fetcher);
        return NULL;
    }
    return fetcher;
}

void cctv_fetcher_stop(cctv_fetcher_t *fetcher)
{
    pthread_mutex_lock(&fetcher->mutex);
    fetcher->is_stopped = true;
    pthread_mutex_unlock(&fetcher->mutex);
    curl_multi_wakeup(fetcher->multi);
    pthread_join(fetcher->thread, NULL);
    curl_multi_cleanup(fetcher->multi);
    pthread_mutex_destroy(&fetcher->mutex);
    free(fetcher);
}

bool cctv_fetcher_add(cctv_fetcher_t *fetcher, cctv_fetch_t *fetch)
{
    bool is_added;

    fetch->next = NULL;
    fetch->started = cctv_now();
    pthread_mutex_lock(&fetcher->mutex);
    is_added = !fetcher->is_stopped
               && fetcher->waiting < CCTV_FETCHES_WAITING_MAX;
    if (is_added) {
        *fetcher->last = fetch;
        fetcher->last = &fetch->next;
        fetcher->waiting++;
    }
    pthread_mutex_unlock(&fetcher->mutex);
    if (is_added) {
        curl_multi_wakeup(fetcher->multi);
    }
    return is_added;
}
