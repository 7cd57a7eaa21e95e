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
#include "video/mod_keeper_status.h"
#include "video/mod_lifecycle.h"
#include "video/mod_part.h"
#include "video/mod_server_keeper.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* The keepers of all Janus servers, in the child that the watchdog has
 * chosen. */
typedef struct {
    cctv_server_keeper_t *at[CCTV_JANUS_MAX];
    int count;
    cctv_keeper_status_t status;
} keepers_t;

/* What is known while configuring; the mutex and what is below it are of this
 * process. The keeper is not stopped during a walk (cctv_task_t). */
static struct {
    server_rec *database; /* one that has one; NULL: none has */
    pthread_mutex_t mutex;
    bool is_over;
    _Atomic(keepers_t *) running; /* changed under the mutex */
    keepers_t *visited;           /* of the walk that goes on */
} keeper = { .mutex = PTHREAD_MUTEX_INITIALIZER };

/* ---- In the child that the watchdog has chosen ---- */

static void stop_all(keepers_t *made)
{
    int i;

    for (i = 0; i < made->count; i++) {
        cctv_server_keeper_end_calls(made->at[i]);
    }
    for (i = 0; i < made->count; i++) {
        cctv_server_keeper_stop(made->at[i]);
    }
    free(made);
}

static bool start_all(keepers_t *made, const cctv_servers_t *servers)
{
    int i;

    for (i = 0; i < servers->count; i++) {
        made->at[i] = cctv_server_keeper_start(&servers->at[i],
                                               servers->count);
        if (made->at[i] == NULL) {
            return false;
        }
        made->count++;
        made->status.lists.at[i] = &made->at[i]->mountpoints;
        made->status.lists.count++;
    }
    return true;
}

/* Start the keeper if it does not run yet. @return whether it runs */
static bool keeper_run(void)
{
    keepers_t *made;

    if (atomic_load(&keeper.running) != NULL) {
        return true;
    }
    made = cctv_video() == NULL ? NULL : calloc(1, sizeof *made);
    if (made == NULL) {
        return false;
    }
    made->status.database = keeper.database;
    if (!start_all(made, &cctv_video()->servers)) {
        stop_all(made);
        return false;
    }
    atomic_store(&keeper.running, made);
    return true;
}

static void keeper_stop(void)
{
    keepers_t *made = atomic_exchange(&keeper.running, NULL);

    if (made != NULL) {
        stop_all(made);
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
    keepers_t *made = atomic_load(&keeper.running);
    int i;

    (void)context;
    if (made == NULL) {
        return false;
    }
    keeper.visited = made;
    for (i = 0; i < made->count; i++) {
        cctv_server_keeper_begin(made->at[i], now);
    }
    return true;
}

/* End a view of a server that is not in the configuration any more. The
 * configuration may be newer than this process and have another server. */
static void end_without_server(const cctv_view_t *view)
{
    if (cctv_transport_has_video(view->transport)
        && cctv_janus_regions_find(cctv_video_memory()->servers, view->server)
               < 0) {
        cctv_view_end(cctv_views(), view, CCTV_ENDED_GONE, cctv_moment_now());
    }
}

void cctv_keeper_visit(void *context, const cctv_view_t *view, cctv_time_t now)
{
    const keepers_t *made = keeper.visited;
    int i;

    (void)context;
    for (i = 0; i < made->count; i++) {
        if (cctv_keeper_has(&made->at[i]->calls, view)) {
            cctv_server_keeper_visit(made->at[i], view, now);
            return;
        }
    }
    end_without_server(view);
}

void cctv_keeper_end_walk(void *context, cctv_time_t now)
{
    int i;

    (void)context;
    (void)now;
    for (i = 0; i < keeper.visited->count; i++) {
        cctv_server_keeper_end(keeper.visited->at[i]);
    }
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
    if (cctv_transport_has_video(view->transport)) {
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
    keeper.database = server_with_database(s);
    keeper.is_over = false;
    atomic_store(&keeper.running, NULL);
    if (!cctv_watchdog_exists()) {
        CCTV_LOG_S(APLOG_ERR, 0, s, "CCTV0046",
                   "no watchdog (load mod_watchdog): video ends after 30 "
                   "seconds");
    }
}
