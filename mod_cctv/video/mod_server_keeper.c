/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_server_keeper.c
 * @brief The keeper of one Janus server, in the child that does the background
 *        work: its tasks and their threads.
 * Layer: httpd.
 */
#include "video/mod_server_keeper.h"

#include "core/mod_log.h"
#include "video/mod_lifecycle.h"
#include "views/mod_part.h"

#include "http_main.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static void log_news(const cctv_server_words_t *words, cctv_keeper_news_t news,
                     const char *why, int number)
{
    server_rec *s = ap_server_conf;

    switch (news) {
    case CCTV_KEEPER_ANSWERS_AGAIN:
        CCTV_LOG_S(APLOG_NOTICE, 0, s, "CCTV0027", "%s answers again",
                   words->title);
        break;
    case CCTV_KEEPER_NO_ANSWER:
        CCTV_LOG_S(APLOG_ERR, 0, s, "CCTV0028",
                   "%s does not answer (%s): no video from it until it does; "
                   "is %s right?",
                   words->title, why, words->url);
        break;
    case CCTV_KEEPER_LIST_REFUSED:
        CCTV_LOG_S(APLOG_ERR, 0, s, "CCTV0048",
                   "%s does not list its mountpoints: %s (%d); is %s its "
                   "api_secret and admin_key?",
                   words->title, why, number, words->secret);
        break;
    case CCTV_KEEPER_ADMIN_LOST:
        CCTV_LOG_S(APLOG_ERR, 0, s, "CCTV0049",
                   "the admin API of %s does not say how viewers are (%s), so "
                   "those of WHEP are over soon: is %s right, is admin_http "
                   "on (janus.transport.http.jcfg), and is %s its "
                   "admin_secret (janus.jcfg)?",
                   words->title, why, words->admin, words->secret);
        break;
    case CCTV_KEEPER_SLOW_CAMERA:
        CCTV_LOG_S(APLOG_WARNING, 0, s, "CCTV0060",
                   "camera %d does not answer the end of its connection "
                   "(RTSP TEARDOWN): %s let all viewers wait for it",
                   number, words->title);
        break;
    }
}

/* Servers share the threads that are meant for one. */
static int threads_of(int all, int count)
{
    int share = (all + count - 1) / count;

    return share < 2 ? 2 : share;
}

static void add_tasks(cctv_server_keeper_t *made, int count)
{
    cctv_work_t tasks[CCTV_SERVER_KEEPER_TASKS] = {
        { .step = cctv_keeper_views,
          .context = &made->views,
          .threads = threads_of(CCTV_KEEPER_VIEWS_THREADS, count) },
        { .step = cctv_keeper_ended,
          .context = &made->ended,
          .threads = threads_of(CCTV_KEEPER_ENDED_THREADS, count) },
        { .step = cctv_keeper_mountpoints,
          .context = &made->mountpoints,
          .threads = 1 },
        { .step = cctv_keeper_probe, .context = &made->probe, .threads = 1 },
        { .step = cctv_proxied_check,
          .context = &made->proxied,
          .threads = cctv_video()->settings.is_proxied ? 1 : 0 },
    };
    size_t i;

    for (i = 0; i < CCTV_SERVER_KEEPER_TASKS; i++) {
        made->tasks[i] = tasks[i];
    }
}

static void keeper_free(cctv_server_keeper_t *made)
{
    cctv_keeper_views_free(&made->views);
    cctv_keeper_sessions_free(&made->sessions);
    cctv_keeper_mountpoints_free(&made->mountpoints);
    free(made);
}

static cctv_server_keeper_t *keeper_make(cctv_janus_server_t *server,
                                         int count)
{
    cctv_server_keeper_t *made = calloc(1, sizeof *made);

    if (made == NULL) {
        return NULL;
    }
    made->calls = (cctv_keeper_t){ .shared = cctv_views(),
                                   .server = server,
                                   .log = log_news };
    pthread_mutex_init(&made->calls.mutex, NULL);
    cctv_keeper_mountpoints_init(&made->mountpoints, &made->calls,
                                 &made->views);
    made->ended = (cctv_keeper_ended_t){ .keeper = &made->calls };
    pthread_mutex_init(&made->ended.mutex, NULL);
    made->probe = (cctv_keeper_probe_t){ .keeper = &made->calls,
                                         .views = &made->views,
                                         .sessions = &made->sessions };
    cctv_proxied_check_init(&made->proxied, &made->calls);
    add_tasks(made, count);
    if (!cctv_keeper_views_init(&made->views, &made->calls)
        || !cctv_keeper_sessions_init(&made->sessions, &made->calls)) {
        keeper_free(made);
        return NULL;
    }
    return made;
}

cctv_server_keeper_t *cctv_server_keeper_start(cctv_janus_server_t *server,
                                               int count)
{
    cctv_server_keeper_t *made = keeper_make(server, count);

    if (made == NULL) {
        return NULL;
    }
    made->workers = cctv_workers_start(made->tasks, CCTV_SERVER_KEEPER_TASKS);
    if (made->workers == NULL) {
        keeper_free(made);
        return NULL;
    }
    return made;
}

/* The next keeper destroys a Janus session of this keeper. */
static void leave_session(const cctv_server_keeper_t *keeper, uint64_t session)
{
    const cctv_janus_server_t *server = keeper->calls.server;

    if (session != 0) {
        cctv_discard_put(server->discarded,
                         cctv_discard_entry(server->key, session));
    }
}

void cctv_server_keeper_end_calls(cctv_server_keeper_t *keeper)
{
    atomic_store(&keeper->calls.is_stopping, true);
    cctv_janus_stop(keeper->calls.server->keeper_client);
}

void cctv_server_keeper_stop(cctv_server_keeper_t *keeper)
{
    cctv_server_keeper_end_calls(keeper);
    cctv_workers_stop(keeper->workers);
    leave_session(keeper, keeper->probe.session);
    leave_session(keeper, keeper->mountpoints.session);
    keeper_free(keeper);
}

/* ---- The visitor ---- */

void cctv_server_keeper_begin(cctv_server_keeper_t *keeper, cctv_time_t now)
{
    keeper->counted = 0;
    keeper->begun = atomic_load(&keeper->calls.server->region->begun);
    cctv_keeper_views_begin(&keeper->views, now);
}

void cctv_server_keeper_visit(cctv_server_keeper_t *keeper,
                              const cctv_view_t *view, cctv_time_t now)
{
    keeper->counted += cctv_transport_has_video(view->transport)
                       && !view->is_gone;
    cctv_keeper_views_visit(&keeper->views, view, now);
}

/* A view that was begun during the walk may be counted twice until the next
 * one. */
void cctv_server_keeper_end(cctv_server_keeper_t *keeper)
{
    cctv_janus_region_t *region = keeper->calls.server->region;

    cctv_keeper_views_end(&keeper->views);
    atomic_store(&region->views, keeper->counted);
    atomic_fetch_sub(&region->begun, keeper->begun);
    atomic_fetch_add(&region->walks, 1);
}
