/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_mountpoints.c
 * @brief A task of the keeper: list the mountpoints in Janus, destroy those
 *        without a viewer, and change pins.
 * Layer: pure.
 */
#include "video/keeper_mountpoints.h"

#include "video/keeper_pulls.h"
#include "views/view_places.h"

/* The time between two lists is LIST, or LIST_SHARE times the processor time
 * that it takes to get and parse a list, but at most LIST_MAX: µs. The status of
 * a camera needs more than one list within CCTV_STALE_FOR. */
#define LIST       1000000
#define LIST_SHARE 20
#define LIST_MAX   5000000

/* The time limit of a list, which may have thousands of mountpoints: µs. */
#define LIST_LIMIT 5000000

/* The time between two looks at the table: µs. */
#define PAUSE 200000

void cctv_keeper_mountpoints_init(cctv_keeper_mountpoints_t *mountpoints,
                                  cctv_keeper_t *keeper,
                                  cctv_keeper_views_t *views)
{
    *mountpoints = (cctv_keeper_mountpoints_t){ .keeper = keeper,
                                                .views = views };
    pthread_mutex_init(&mountpoints->mutex, NULL);
}

void cctv_keeper_mountpoints_free(cctv_keeper_mountpoints_t *mountpoints)
{
    cctv_mountpoint_table_free(&mountpoints->table);
    cctv_watched_free(&mountpoints->watched);
    pthread_mutex_destroy(&mountpoints->mutex);
}

/* ---- The list ---- */

typedef struct {
    cctv_keeper_mountpoints_t *mountpoints;
    cctv_mountpoint_table_t table;
    cctv_time_t now;
} listing_t;

/* A camera that sends packets does not count as failed any more, unless they
 * are of another codec. */
static void listing_clear_failure(const listing_t *listing,
                                  const cctv_mountpoint_t *mountpoint)
{
    const cctv_mountpoint_entry_t *entry = cctv_mountpoint_table_last(
        &listing->table);
    cctv_failures_t *failures = listing->mountpoints->keeper->server->failures;
    int32_t key = cctv_failures_key_of(mountpoint->id);

    if (entry != NULL && entry->id == mountpoint->id
        && cctv_freshness_is_fresh(&entry->freshness)
        && cctv_failures_find(failures, key, listing->now).why
               != CCTV_FAILURE_OTHER_CODEC) {
        cctv_failures_clear(failures, key);
    }
}

static void listing_add(void *listing_, const cctv_mountpoint_t *mountpoint)
{
    listing_t *listing = listing_;

    /* The thread that writes to the database changes the old table. */
    pthread_mutex_lock(&listing->mountpoints->mutex);
    cctv_mountpoint_table_add(&listing->table, &listing->mountpoints->table,
                              mountpoint, listing->now);
    pthread_mutex_unlock(&listing->mountpoints->mutex);
    listing_clear_failure(listing, mountpoint);
}

static cctv_janus_status_t list_open(cctv_keeper_mountpoints_t *mountpoints,
                                     cctv_janus_session_t *session)
{
    cctv_janus_status_t status = cctv_janus_open(session);

    mountpoints->session = status == CCTV_JANUS_OK ? session->id : 0;
    mountpoints->handle = status == CCTV_JANUS_OK ? session->handle : 0;
    return status;
}

static cctv_janus_status_t list_ask(cctv_keeper_mountpoints_t *mountpoints,
                                    cctv_janus_session_t *session,
                                    listing_t *listing)
{
    const cctv_mountpoint_rules_t *rules = &mountpoints->keeper->server->rules;
    cctv_janus_status_t status;

    session->id = mountpoints->session;
    session->handle = mountpoints->handle;
    if (session->id != 0) {
        status = cctv_mountpoint_list(session, rules, listing_add, listing);
        if (!cctv_janus_has_forgotten(session, status)) {
            return status;
        }
    }
    status = list_open(mountpoints, session);
    return status == CCTV_JANUS_OK
               ? cctv_mountpoint_list(session, rules, listing_add, listing)
               : status;
}

static void list_take(cctv_keeper_mountpoints_t *mountpoints,
                      listing_t *listing)
{
    cctv_mountpoint_table_t before = mountpoints->table;

    cctv_mountpoint_table_sort(&listing->table);
    pthread_mutex_lock(&mountpoints->mutex);
    mountpoints->table = listing->table;
    mountpoints->listed = listing->now;
    pthread_mutex_unlock(&mountpoints->mutex);
    cctv_keeper_note_pulls(mountpoints->keeper->server, &mountpoints->table,
                           &before);
    cctv_mountpoint_table_free(&before);
    atomic_store_explicit(&mountpoints->keeper->server->region->mountpoints,
                          mountpoints->table.count, memory_order_relaxed);
    mountpoints->cursor = 0;
}

/* Log a refused list once. */
static void list_log(cctv_keeper_mountpoints_t *mountpoints,
                     const cctv_janus_session_t *session,
                     cctv_janus_status_t status)
{
    /* A lost Janus session is no refusal: the next list makes a new one. */
    bool is_refused = status == CCTV_JANUS_REFUSED
                      && !cctv_janus_has_forgotten(session, status);

    if (is_refused && !mountpoints->is_refused) {
        cctv_keeper_log(mountpoints->keeper, CCTV_KEEPER_LIST_REFUSED,
                        session->reason, session->code);
    }
    mountpoints->is_refused = is_refused;
    atomic_store(&mountpoints->keeper->server->region->refuses_lists,
                 is_refused);
}

/* @return the time between the last list and the next one: µs */
static int64_t list_pause(const cctv_keeper_mountpoints_t *mountpoints)
{
    int64_t pause = mountpoints->list_took * LIST_SHARE;

    if (pause > LIST_MAX) {
        return LIST_MAX;
    }
    return pause > LIST ? pause : LIST;
}

/* Of this thread: µs. Unlike the time of day it does not count that other
 * processes are busy. */
static int64_t processor_time(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void list_mountpoints(cctv_keeper_mountpoints_t *mountpoints)
{
    listing_t listing = { .mountpoints = mountpoints, .now = cctv_now() };
    int64_t began;
    cctv_janus_session_t session;
    cctv_janus_status_t status;

    mountpoints->list_started = listing.now;
    began = processor_time();
    mountpoints->list_took = 0;
    if (!cctv_keeper_begin(mountpoints->keeper, LIST_LIMIT, &session)) {
        return;
    }
    status = list_ask(mountpoints, &session, &listing);
    list_log(mountpoints, &session, status);
    cctv_keeper_end(mountpoints->keeper, &session, status, listing.now);
    if (status != CCTV_JANUS_OK) {
        cctv_mountpoint_table_free(&listing.table);
        return;
    }
    list_take(mountpoints, &listing);
    mountpoints->list_took = processor_time() - began;
    if (cctv_keeper_views_watched(mountpoints->views, &mountpoints->watched)) {
        cctv_mountpoint_table_note(&mountpoints->table, &mountpoints->watched,
                                   cctv_now());
    }
}

/* ---- One mountpoint ---- */

/* Claim the right to destroy a pulled mountpoint.
 * @return false: another keeper is destroying one */
static bool end_claim(cctv_janus_region_t *region, cctv_time_t now)
{
    cctv_time_t since = atomic_load(&region->destroying_since);

    return (since == 0 || now - since >= CCTV_JANUS_DESTROY_LIMIT)
           && atomic_compare_exchange_strong(&region->destroying_since, &since,
                                             now);
}

static void end_release(cctv_keeper_mountpoints_t *mountpoints, int32_t camera,
                        cctv_time_t started)
{
    cctv_janus_region_t *region = mountpoints->keeper->server->region;
    cctv_time_t now = cctv_now();

    if (cctv_mountpoint_note_end(&mountpoints->end, camera, now - started,
                                 now)) {
        atomic_store(&region->blocked_until, now);
        cctv_keeper_log(mountpoints->keeper, CCTV_KEEPER_SLOW_CAMERA, NULL,
                        camera);
    }
    atomic_store(&region->destroying_since, 0);
}

static void
call_about(cctv_keeper_mountpoints_t *mountpoints, int64_t limit,
           cctv_janus_status_t (*call)(cctv_janus_session_t *session,
                                       const cctv_mountpoint_rules_t *rules,
                                       int64_t id),
           int64_t id)
{
    cctv_keeper_t *keeper = mountpoints->keeper;
    cctv_time_t started = cctv_now();
    cctv_janus_session_t session;
    cctv_janus_status_t status;

    if (!cctv_keeper_begin(keeper, limit, &session)) {
        return;
    }
    session.id = mountpoints->session;
    session.handle = mountpoints->handle;
    status = call(&session, &keeper->server->rules, id);
    cctv_keeper_end(keeper, &session, status, started);
}

static void end_mountpoint(cctv_keeper_mountpoints_t *mountpoints,
                           const cctv_mountpoint_entry_t *entry)
{
    cctv_time_t now = cctv_now();

    if (!entry->is_pulled) {
        call_about(mountpoints, CCTV_KEEPER_LIMIT, cctv_mountpoint_destroy,
                   entry->id);
    }
    else if (end_claim(mountpoints->keeper->server->region, now)) {
        call_about(mountpoints, CCTV_JANUS_DESTROY_LIMIT,
                   cctv_mountpoint_destroy, entry->id);
        end_release(mountpoints, entry->camera, now);
    }
}

/* Whether a camera has a view with video, also one that is only starting, and
 * may have the pin already. Unlike the entry this is not a second old. */
static bool is_starting(const cctv_keeper_mountpoints_t *mountpoints,
                        int32_t camera)
{
    return cctv_places_count(&mountpoints->keeper->shared->places,
                             CCTV_CAMERA_KEY(camera))
           > 0;
}

/* Destroy a mountpoint or change its pin, if that is due.
 * @return whether anything was due */
static bool look_after(cctv_keeper_mountpoints_t *mountpoints,
                       cctv_mountpoint_entry_t *entry)
{
    const cctv_janus_server_t *server = mountpoints->keeper->server;

    if (cctv_mountpoint_may_end(&mountpoints->end, entry, server->idle_timeout,
                                mountpoints->last_start, cctv_now())) {
        end_mountpoint(mountpoints, entry);
        return true;
    }
    if (entry->has_old_pin && !entry->is_watched
        && !is_starting(mountpoints, entry->camera)) {
        entry->has_old_pin = false;
        if (server->rules.is_pinned) {
            call_about(mountpoints, CCTV_KEEPER_LIMIT,
                       cctv_mountpoint_change_pin, entry->id);
            return true;
        }
    }
    return false;
}

/* Look for the next mountpoint that has to be destroyed or changed. The table
 * is walked once for each list, since the next list does not contain the
 * mountpoints that were destroyed.
 * @return whether there was one */
static bool look_after_next(cctv_keeper_mountpoints_t *mountpoints)
{
    while (mountpoints->cursor < mountpoints->table.count) {
        if (look_after(mountpoints,
                       &mountpoints->table.at[mountpoints->cursor++])) {
            return true;
        }
    }
    return false;
}

int64_t cctv_keeper_mountpoints(void *mountpoints_)
{
    cctv_keeper_mountpoints_t *mountpoints = mountpoints_;

    if (cctv_keeper_is_down(mountpoints->keeper)
        || !cctv_keeper_views_last_start(mountpoints->views,
                                         &mountpoints->last_start)) {
        return CCTV_KEEPER_PAUSE;
    }
    if (cctv_now() >= mountpoints->list_started + list_pause(mountpoints)) {
        list_mountpoints(mountpoints);
        return 0;
    }
    return look_after_next(mountpoints) ? 0 : PAUSE;
}

/* ---- Status ---- */

/* Cameras of a server that is lost are not online for ever: another server, or
 * another Apache, may know better. */
static size_t known_count(const cctv_keeper_mountpoints_t *mountpoints)
{
    return cctv_now() - mountpoints->listed < CCTV_KEEPER_LIST_OLD
               ? mountpoints->table.count
               : 0;
}

bool cctv_keeper_mountpoints_news(cctv_keeper_mountpoints_t *mountpoints,
                                  int64_t after, int64_t *id,
                                  const char **status)
{
    size_t i;

    *status = NULL;
    pthread_mutex_lock(&mountpoints->mutex);
    for (i = 0; i < known_count(mountpoints) && *status == NULL; i++) {
        const cctv_mountpoint_entry_t *entry = &mountpoints->table.at[i];

        if (entry->id > after) {
            *id = entry->id;
            *status = cctv_mountpoint_table_news(&mountpoints->table, entry);
        }
    }
    pthread_mutex_unlock(&mountpoints->mutex);
    return *status != NULL;
}

void cctv_keeper_mountpoints_statuses(cctv_keeper_mountpoints_t *mountpoints,
                                      void (*each)(void *context, int64_t id,
                                                   bool is_online),
                                      void *context)
{
    const cctv_mountpoint_table_t *table = &mountpoints->table;
    size_t i;

    pthread_mutex_lock(&mountpoints->mutex);
    for (i = 0; i < known_count(mountpoints); i++) {
        const char *status = cctv_mountpoint_table_status(table,
                                                          &table->at[i]);

        if (status != NULL) {
            each(context, table->at[i].id, strcmp(status, "online") == 0);
        }
    }
    pthread_mutex_unlock(&mountpoints->mutex);
}

bool cctv_keeper_mountpoints_is_online(cctv_keeper_mountpoints_t *mountpoints,
                                       int64_t id)
{
    bool is_online;

    pthread_mutex_lock(&mountpoints->mutex);
    is_online = known_count(mountpoints) > 0
                && cctv_mountpoint_table_is_online(&mountpoints->table, id);
    pthread_mutex_unlock(&mountpoints->mutex);
    return is_online;
}

void cctv_keeper_mountpoints_told(cctv_keeper_mountpoints_t *mountpoints,
                                  int64_t id, const char *status)
{
    cctv_mountpoint_entry_t *entry;

    pthread_mutex_lock(&mountpoints->mutex);
    entry = cctv_mountpoint_table_find(&mountpoints->table, id);
    if (entry != NULL) {
        entry->freshness.told = status;
    }
    pthread_mutex_unlock(&mountpoints->mutex);
}
