/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_refresh.c
 * @brief Keeps the catalogues up to date: a background task.
 * Layer: httpd.
 */
#include "catalogue/mod_refresh.h"

#include "catalogue/files.h"
#include "catalogue/mod_base.h"
#include "catalogue/mod_feed.h"
#include "catalogue/mod_generation.h"
#include "catalogue/mod_places.h"
#include "catalogue/mod_publish.h"
#include "catalogue/mod_rebuild.h"
#include "catalogue/mod_settings.h"
#include "core/mod_log.h"
#include "core/thread.h"

#include "apr_time.h"
#include "http_main.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>

/* When a build has failed, the next one starts after this time: µs. */
#define RETRY 5000000

/* How often a database that does not answer is asked: µs. */
#define PROBE 1000000

/* What the process that runs the task knows of a catalogue. */
static struct {
    cctv_time_t look;  /* when to look for changes */
    cctv_time_t build; /* when to build at the earliest */
} known[CCTV_CATALOGUES_MAX];

static atomic_bool is_stopped;

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
               now->number, place->folder, cctv_catalogue_count(now),
               (double)cctv_catalogue_newest_head(now)->size / (1 << 20),
               (double)time / 1e6, is_rebuild ? now->count : changed);
}

/* Read the whole table. @return the file; -1: there is none, which is logged */
static int write_rebuilt(const cctv_catalogue_place_t *place,
                         const cctv_catalogue_t *last, int64_t *spent,
                         apr_pool_t *pool)
{
    const char *why;
    apr_status_t rv;
    int fd;

    cctv_publish_clean(place);
    fd = cctv_files_create(place->folder);
    if (fd < 0) {
        cctv_publish_tell(place, APR_FROM_OS_ERROR(errno),
                          "no file can be made in it");
        return -1;
    }
    rv = cctv_rebuild(place, last, fd, &is_stopped, pool, spent, &why);
    if (rv == APR_SUCCESS) {
        return fd;
    }
    cctv_files_discard(place->folder, fd);
    /* The database has been logged already. */
    if (why != NULL) {
        cctv_publish_tell(place, rv, why);
    }
    return -1;
}

/* @param spent  written: the processor time of other threads
 * @return whether there is a new generation */
static bool rebuild(const cctv_catalogue_place_t *place,
                    const cctv_catalogue_t *last, int64_t *spent,
                    apr_pool_t *pool)
{
    cctv_time_t started = cctv_now();
    int fd = write_rebuilt(place, last, spent, pool);
    const cctv_catalogue_t *now = fd < 0 ? NULL
                                         : cctv_publish(place, last, fd, 0,
                                                        NULL, 0, pool);

    if (now != NULL) {
        cctv_feed_published(place, now);
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
            cctv_publish_tell(place, rv, why);
        }
        return false;
    }
    if (fd < 0) {
        cctv_feed_published(place, last);
        return true;
    }
    now = cctv_publish(place, last, fd, cctv_catalogue_base_number(last), ids,
                       count, pool);
    if (now != NULL) {
        cctv_feed_published(place, now);
        note_build(place, now, count, cctv_now() - started);
    }
    return now != NULL;
}

static void build(const cctv_catalogue_place_t *place,
                  const cctv_catalogue_t *last, bool is_rebuild,
                  apr_pool_t *pool)
{
    /* By the clock, a generation would make the next one late whenever the
     * machine is busy. */
    int64_t before = cctv_thread_spent();
    int64_t agreed = apr_time_now();
    int64_t others = 0;
    int64_t cost;

    if (is_rebuild ? rebuild(place, last, &others, pool)
                   : apply(place, last, pool)) {
        atomic_store(&place->state->agreed, agreed);
    }
    else {
        atomic_fetch_add(&place->state->builds_failed, 1);
        known[place->which].build = cctv_now() + RETRY;
    }
    cost = cctv_thread_spent() - before + others;
    /* The database, which is asked for the cameras, works about as long. */
    if (is_rebuild) {
        cctv_feed_worked_whole(place, 2 * cost);
    }
    else {
        cctv_feed_worked(place, 2 * cost);
    }
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
    cctv_feed_t found;

    if (last != NULL) {
        last = cctv_base_take(place, last, pool);
        cctv_base_start(place, last);
    }
    found = cctv_feed_poll(place, last, pool);
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
        if (places[i].folder != NULL && now >= known[i].look
            && !atomic_load(&places[i].state->is_elsewhere)) {
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
