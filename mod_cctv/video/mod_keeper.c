/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_keeper.c
 * @brief The keeper: the background work for video, done by one child of the
 *        whole server.
 * Layer: httpd.
 */
#include "video/mod_keeper.h"

#include "database/mod_runtime.h"
#include "core/mod_log.h"
#include "views/mod_part.h"
#include "memory/mod_singleton.h"
#include "video/keeper_ended.h"
#include "video/keeper_loss.h"
#include "video/keeper_mountpoints.h"
#include "video/keeper_probe.h"
#include "video/mod_keeper_status.h"
#include "video/keeper_views.h"
#include "video/mod_lifecycle.h"
#include "video/mod_proxied.h"
#include "video/workers.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* The number of tasks that have threads of their own. */
#define TASKS 5

/* The keeper of one Janus, in the child that the watchdog has chosen. */
typedef struct {
    cctv_keeper_t calls;
    cctv_keeper_views_t views;
    cctv_keeper_ended_t ended;
    cctv_keeper_mountpoints_t mountpoints;
    cctv_keeper_sessions_t sessions;
    cctv_keeper_probe_t probe;
    cctv_proxied_check_t proxied;
    cctv_keeper_status_t status;
    cctv_work_t tasks[TASKS];
    cctv_workers_t *workers;
} janus_keeper_t;

/* What is known while configuring; the mutex and what is below it are of this
 * process. The keeper is not stopped during a walk (cctv_task_t). */
static struct {
    server_rec *server;   /* the main one */
    server_rec *database; /* one that has one; NULL: none has */
    pthread_mutex_t mutex;
    bool is_over;
    _Atomic(janus_keeper_t *) running; /* changed under the mutex */
    cctv_keeper_views_t *visited;      /* of the walk that goes on */
} keeper = { .mutex = PTHREAD_MUTEX_INITIALIZER };

static void log_news(cctv_keeper_news_t news, const char *why, int number)
{
    server_rec *s = keeper.server;

    switch (news) {
    case CCTV_KEEPER_ANSWERS_AGAIN:
        CCTV_LOG_S(APLOG_NOTICE, 0, s, "CCTV0027", "Janus answers again");
        break;
    case CCTV_KEEPER_NO_ANSWER:
        CCTV_LOG_S(APLOG_ERR, 0, s, "CCTV0028",
                   "Janus does not answer (%s): no video until it does; is "
                   "CCTVJanusURL right?",
                   why);
        break;
    case CCTV_KEEPER_LIST_REFUSED:
        CCTV_LOG_S(APLOG_ERR, 0, s, "CCTV0048",
                   "Janus does not list its mountpoints: %s (%d); is the "
                   "secret of CCTVJanusSecretFile its api_secret and "
                   "admin_key?",
                   why, number);
        break;
    case CCTV_KEEPER_ADMIN_LOST:
        CCTV_LOG_S(APLOG_ERR, 0, s, "CCTV0049",
                   "Janus's admin API does not say how viewers are (%s), so "
                   "those of WHEP are over soon: is CCTVJanusAdminURL right, "
                   "is admin_http on (janus.transport.http.jcfg), and is the "
                   "secret of CCTVJanusSecretFile its admin_secret "
                   "(janus.jcfg)?",
                   why);
        break;
    case CCTV_KEEPER_SLOW_CAMERA:
        CCTV_LOG_S(APLOG_WARNING, 0, s, "CCTV0060",
                   "camera %d does not answer the end of its connection "
                   "(RTSP TEARDOWN): Janus let all viewers wait for it",
                   number);
        break;
    }
}

/* ---- In the child that the watchdog has chosen ---- */

static void add_tasks(janus_keeper_t *made)
{
    cctv_work_t tasks[TASKS] = {
        { .step = cctv_keeper_views,
          .context = &made->views,
          .threads = CCTV_KEEPER_VIEWS_THREADS },
        { .step = cctv_keeper_ended,
          .context = &made->ended,
          .threads = CCTV_KEEPER_ENDED_THREADS },
        { .step = cctv_keeper_mountpoints,
          .context = &made->mountpoints,
          .threads = 1 },
        { .step = cctv_keeper_probe, .context = &made->probe, .threads = 1 },
        { .step = cctv_proxied_check,
          .context = &made->proxied,
          .threads = cctv_video()->settings.is_proxied ? 1 : 0 },
    };
    size_t i;

    for (i = 0; i < TASKS; i++) {
        made->tasks[i] = tasks[i];
    }
}

static void keeper_free(janus_keeper_t *made)
{
    cctv_keeper_views_free(&made->views);
    cctv_keeper_sessions_free(&made->sessions);
    cctv_keeper_mountpoints_free(&made->mountpoints);
    free(made);
}

static janus_keeper_t *keeper_make(void)
{
    janus_keeper_t *made = calloc(1, sizeof *made);

    if (made == NULL) {
        return NULL;
    }
    made->calls = (cctv_keeper_t){ .shared = cctv_views(),
                                   .server = &cctv_video()->janus,
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
    made->status = (cctv_keeper_status_t){ .database = keeper.database,
                                           .mountpoints = &made->mountpoints };
    add_tasks(made);
    if (!cctv_keeper_views_init(&made->views, &made->calls)
        || !cctv_keeper_sessions_init(&made->sessions, &made->calls)) {
        keeper_free(made);
        return NULL;
    }
    return made;
}

/* Start the keeper if it does not run yet. @return whether it runs */
static bool keeper_run(void)
{
    janus_keeper_t *made;

    if (atomic_load(&keeper.running) != NULL) {
        return true;
    }
    made = cctv_video() == NULL ? NULL : keeper_make();
    if (made == NULL) {
        return false;
    }
    made->workers = cctv_workers_start(made->tasks, TASKS);
    if (made->workers == NULL) {
        keeper_free(made);
        return false;
    }
    atomic_store(&keeper.running, made);
    return true;
}

/* The next keeper destroys the Janus sessions of this keeper. */
static void leave_sessions(const janus_keeper_t *made)
{
    const cctv_discard_t *discarded = made->calls.server->discarded;

    if (made->probe.session != 0) {
        cctv_discard_put(discarded, made->probe.session);
    }
    if (made->mountpoints.session != 0) {
        cctv_discard_put(discarded, made->mountpoints.session);
    }
}

static void keeper_stop(void)
{
    janus_keeper_t *made = atomic_exchange(&keeper.running, NULL);

    if (made != NULL) {
        atomic_store(&made->calls.is_stopping, true);
        cctv_janus_stop(made->calls.server->keeper_client);
        cctv_workers_stop(made->workers);
        leave_sessions(made);
        keeper_free(made);
    }
}

void cctv_keeper_task(cctv_time_t now, apr_pool_t *pool)
{
    (void)now;
    pthread_mutex_lock(&keeper.mutex);
    if (!keeper.is_over && keeper_run() && keeper.database != NULL) {
        cctv_keeper_status(&atomic_load(&keeper.running)->status, pool);
    }
    pthread_mutex_unlock(&keeper.mutex);
}

void cctv_keeper_task_stop(void)
{
    pthread_mutex_lock(&keeper.mutex);
    keeper.is_over = true;
    keeper_stop();
    pthread_mutex_unlock(&keeper.mutex);
}

/* ---- The visitors ---- */

bool cctv_keeper_begin_walk(void *context, cctv_time_t now)
{
    janus_keeper_t *made = atomic_load(&keeper.running);

    (void)context;
    if (made == NULL) {
        return false;
    }
    keeper.visited = &made->views;
    cctv_keeper_views_begin(keeper.visited, now);
    return true;
}

void cctv_keeper_visit(void *context, const cctv_view_t *view, cctv_time_t now)
{
    (void)context;
    cctv_keeper_views_visit(keeper.visited, view, now);
}

void cctv_keeper_end_walk(void *context, cctv_time_t now)
{
    (void)context;
    (void)now;
    cctv_keeper_views_end(keeper.visited);
}

bool cctv_keeper_has_no_janus(void *context, cctv_time_t now)
{
    (void)context;
    (void)now;
    return cctv_video() == NULL;
}

void cctv_keeper_end_without_janus(void *context, const cctv_view_t *view,
                                   cctv_time_t now)
{
    (void)context;
    (void)now;
    if (view->transport != CCTV_TRANSPORT_NONE) {
        cctv_view_end(cctv_views(), view, CCTV_ENDED_GONE, cctv_moment_now());
    }
}

/* ---- In post_config ---- */

static server_rec *server_with_database(server_rec *s)
{
    while (s != NULL && !cctv_database_is_configured(s)) {
        s = s->next;
    }
    return s;
}

void cctv_keeper_configure(server_rec *s)
{
    keeper.server = s;
    keeper.database = server_with_database(s);
    keeper.is_over = false;
    atomic_store(&keeper.running, NULL);
    if (!cctv_watchdog_exists()) {
        CCTV_LOG_S(APLOG_ERR, 0, s, "CCTV0046",
                   "no watchdog (load mod_watchdog): video ends after 30 "
                   "seconds");
    }
}
