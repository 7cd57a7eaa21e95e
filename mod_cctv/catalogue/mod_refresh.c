/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_refresh.c
 * @brief Keeps the catalogues up to date: a background task.
 * Layer: httpd.
 */
#include "catalogue/mod_refresh.h"

#include "catalogue/files.h"
#include "catalogue/listener.h"
#include "catalogue/mod_feed.h"
#include "catalogue/mod_generation.h"
#include "catalogue/mod_places.h"
#include "catalogue/mod_rebuild.h"
#include "catalogue/mod_settings.h"
#include "core/mod_log.h"

#include "apr_time.h"
#include "http_main.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

/* When a build has failed, the next one starts after this time: µs. */
#define RETRY 5000000

/* How often a database that does not answer is asked: µs. */
#define PROBE 1000000

/* What the process that runs the task knows of a catalogue. */
static struct {
    cctv_time_t look;  /* when to look for changes */
    cctv_time_t build; /* when to build at the earliest */
    bool has_failed;
} known[CCTV_CATALOGUES_MAX];

static atomic_bool is_stopped;

/* Log the first failure in a row, and its end. */
static void tell(const cctv_catalogue_place_t *place, apr_status_t rv,
                 const char *why)
{
    bool had_failed = known[place->which].has_failed;

    known[place->which].has_failed = rv != APR_SUCCESS;
    if (rv != APR_SUCCESS && !had_failed) {
        CCTV_LOG_S(APLOG_ERR, rv, place->server, "CCTV0143",
                   "a new generation of the catalogue %s cannot be made, so "
                   "the last one stays: %s",
                   place->folder, why);
    }
    else if (rv == APR_SUCCESS && had_failed) {
        CCTV_LOG_S(APLOG_NOTICE, 0, place->server, "CCTV0144",
                   "the catalogue %s has a new generation again",
                   place->folder);
    }
}

/* @param changed  how many cameras were replaced; -1: all were read */
static void note_build(const cctv_catalogue_place_t *place,
                       const cctv_catalogue_t *now, int changed, int64_t time)
{
    cctv_catalogue_state_t *state = place->state;
    bool is_rebuild = changed < 0;

    if (is_rebuild) {
        atomic_store(&state->build_time, time);
        atomic_fetch_add(&state->builds, 1);
    }
    CCTV_LOG_S(is_rebuild ? APLOG_INFO : APLOG_DEBUG, 0, place->server,
               "CCTV0145",
               "generation %" APR_UINT64_T_FMT " of the catalogue %s: %d "
               "cameras, %.1f MB, made in %.2f s, %d of them read",
               now->number, place->folder, now->count,
               (double)now->head->size / (1 << 20), (double)time / 1e6,
               is_rebuild ? now->count : changed);
}

/* Make a file the current generation of a catalogue.
 * @param ids  NULL: any camera may differ
 * @return NULL: it cannot be used; it is logged */
static const cctv_catalogue_t *publish(const cctv_catalogue_place_t *place,
                                       const cctv_catalogue_t *before, int fd,
                                       const int *ids, int count,
                                       apr_pool_t *pool)
{
    uint64_t number = atomic_load(&place->state->number);
    uint64_t newest = cctv_files_newest(place->folder);
    const cctv_catalogue_t *now;
    const char *why;
    apr_status_t rv;

    /* A process that was killed may have left a newer file. */
    number = (newest > number ? newest : number) + 1;
    rv = cctv_files_publish(place->folder, fd, number, &why);
    tell(place, rv, why);
    if (rv != APR_SUCCESS) {
        return NULL;
    }
    atomic_store(&place->state->number, number);
    cctv_files_remove_before(place->folder, number);
    now = cctv_generation_open_newest(place->which, pool);
    if (now == NULL || now->number != number) {
        return NULL;
    }
    cctv_changes_published(before, now, ids, count);
    cctv_feed_published(place, now);
    return now;
}

/* Read the whole table. @return the file; -1: there is none, which is logged */
static int write_rebuilt(const cctv_catalogue_place_t *place,
                         const cctv_catalogue_t *last, apr_pool_t *pool)
{
    const char *why;
    apr_status_t rv;
    int fd = cctv_files_create(place->folder);

    if (fd < 0) {
        tell(place, APR_FROM_OS_ERROR(errno), "no file can be made in it");
        return -1;
    }
    rv = cctv_rebuild(place, last, fd, &is_stopped, pool, &why);
    if (rv == APR_SUCCESS) {
        return fd;
    }
    cctv_files_discard(place->folder, fd);
    /* The database has been logged already. */
    if (why != NULL) {
        tell(place, rv, why);
    }
    return -1;
}

/* @return whether there is a new generation */
static bool rebuild(const cctv_catalogue_place_t *place,
                    const cctv_catalogue_t *last, apr_pool_t *pool)
{
    cctv_time_t started = cctv_now();
    int fd = write_rebuilt(place, last, pool);
    const cctv_catalogue_t *now = fd < 0 ? NULL
                                         : publish(place, last, fd, NULL, 0,
                                                   pool);

    if (now != NULL) {
        note_build(place, now, -1, cctv_now() - started);
    }
    return now != NULL;
}

/* Apply the changes to the last generation. @return whether it was possible */
static bool apply(const cctv_catalogue_place_t *place,
                  const cctv_catalogue_t *last, apr_pool_t *pool)
{
    cctv_time_t started = cctv_now();
    const cctv_catalogue_t *now;
    const int *ids = NULL;
    int count = 0;
    const char *why;
    int fd;
    apr_status_t rv = cctv_feed_apply(place, last, &is_stopped, pool, &fd,
                                      &ids, &count, &why);

    if (rv != APR_SUCCESS) {
        if (why != NULL) {
            tell(place, rv, why);
        }
        return false;
    }
    if (fd < 0) {
        cctv_feed_published(place, last);
        return true;
    }
    now = publish(place, last, fd, ids, count, pool);
    if (now != NULL) {
        note_build(place, now, count, cctv_now() - started);
    }
    return now != NULL;
}

/* The processor time of this thread: µs. Counted by the clock, a generation
 * would make the next one late whenever the machine is busy. */
static int64_t spent(void)
{
    struct timespec time = { .tv_sec = 0 };

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static void build(const cctv_catalogue_place_t *place,
                  const cctv_catalogue_t *last, bool is_rebuild,
                  apr_pool_t *pool)
{
    int64_t before = spent();
    int64_t agreed = apr_time_now();

    if (is_rebuild ? rebuild(place, last, pool) : apply(place, last, pool)) {
        atomic_store(&place->state->agreed, agreed);
    }
    else {
        atomic_fetch_add(&place->state->builds_failed, 1);
        known[place->which].build = cctv_now() + RETRY;
    }
    /* To read the whole table costs the database about as much again. */
    cctv_feed_worked(place, (is_rebuild ? 2 : 1) * (spent() - before));
}

static bool has_generation(const cctv_catalogue_state_t *state)
{
    uint64_t number = atomic_load(&state->number);

    return number != 0 && number != atomic_load(&state->refused);
}

static void refresh(const cctv_catalogue_place_t *place, apr_pool_t *pool)
{
    cctv_catalogue_state_t *state = place->state;
    const cctv_catalogue_t *last = has_generation(state)
                                       ? cctv_generation_open_which(
                                           place->which, pool)
                                       : NULL;
    cctv_feed_t found = cctv_feed_poll(place, last, pool);

    switch (found) {
    case CCTV_FEED_UNKNOWN:
        known[place->which].look += PROBE;
        break;
    case CCTV_FEED_SAME:
        atomic_store(&state->agreed, apr_time_now());
        break;
    case CCTV_FEED_LATER:
        break;
    case CCTV_FEED_CHANGES:
    case CCTV_FEED_REBUILD:
        if (cctv_now() >= known[place->which].build) {
            build(place, last, found == CCTV_FEED_REBUILD, pool);
        }
        break;
    }
}

void cctv_refresh_step(cctv_time_t now, apr_pool_t *pool)
{
    const cctv_catalogue_place_t *places = cctv_catalogue_places();
    int i;

    for (i = 0; i < CCTV_CATALOGUES_MAX && !atomic_load(&is_stopped); i++) {
        if (places[i].folder != NULL && now >= known[i].look) {
            known[i].look = now
                            + cctv_catalogue_settings(ap_server_conf)
                                  ->interval;
            refresh(&places[i], pool);
        }
    }
}

void cctv_refresh_stop(void)
{
    atomic_store(&is_stopped, true);
}
