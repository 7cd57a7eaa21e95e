/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_refresh.c
 * @brief Keeps the catalogues up to date: a background task.
 * Layer: httpd.
 */
#include "catalogue/mod_refresh.h"

#include "catalogue/files.h"
#include "catalogue/listener.h"
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

/* Builds take at most one part in so many of the time. */
#define DUTY 10

/* When a build has failed, the next one starts after this time: µs. */
#define RETRY 5000000

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

static void note_build(const cctv_catalogue_place_t *place,
                       const cctv_catalogue_t *now, int64_t time)
{
    cctv_catalogue_state_t *state = place->state;

    atomic_store(&state->cameras, (uint64_t)now->count);
    atomic_store(&state->bytes, now->head->size);
    atomic_store(&state->build_time, time);
    atomic_fetch_add(&state->builds, 1);
    CCTV_LOG_S(APLOG_INFO, 0, place->server, "CCTV0145",
               "generation %" APR_UINT64_T_FMT " of the catalogue %s: %d "
               "cameras, %.1f MB, made in %.2f s",
               now->number, place->folder, now->count,
               (double)now->head->size / (1 << 20), (double)time / 1e6);
}

/* Make a file the current generation of a catalogue.
 * @return NULL: it cannot be used; it is logged */
static const cctv_catalogue_t *publish(const cctv_catalogue_place_t *place,
                                       int fd, apr_pool_t *pool)
{
    uint64_t number = atomic_load(&place->state->number);
    uint64_t newest = cctv_files_newest(place->folder);
    const cctv_catalogue_t *before;
    const cctv_catalogue_t *now;
    const char *why;
    apr_status_t rv;

    /* A process that was killed may have left a newer file. */
    number = (newest > number ? newest : number) + 1;
    before = cctv_generation_open_which(place->which, pool);
    rv = cctv_files_publish(place->folder, fd, number, &why);
    tell(place, rv, why);
    if (rv != APR_SUCCESS) {
        return NULL;
    }
    atomic_store(&place->state->number, number);
    cctv_files_remove_before(place->folder, number);
    now = cctv_generation_open_which(place->which, pool);
    if (now == NULL || now->number != number) {
        return NULL;
    }
    cctv_changes_published(before, now, NULL, 0);
    return now;
}

/* Read the whole table. @return whether there is a new generation */
static bool rebuild(const cctv_catalogue_place_t *place, apr_pool_t *pool)
{
    cctv_time_t started = cctv_now();
    const cctv_catalogue_t *now;
    const char *why;
    apr_status_t rv;
    int fd = cctv_files_create(place->folder);

    if (fd < 0) {
        tell(place, APR_FROM_OS_ERROR(errno), "no file can be made in it");
        return false;
    }
    rv = cctv_rebuild(place, fd, &is_stopped, pool, &why);
    if (rv != APR_SUCCESS) {
        cctv_files_discard(place->folder, fd);
        /* The database has been logged already. */
        if (why != NULL) {
            tell(place, rv, why);
        }
        return false;
    }
    now = publish(place, fd, pool);
    if (now != NULL) {
        note_build(place, now, cctv_now() - started);
    }
    return now != NULL;
}

/* The next build waits until the last one was a tenth of the time. */
static void build(const cctv_catalogue_place_t *place, uint64_t fingerprint,
                  apr_pool_t *pool)
{
    cctv_time_t started = cctv_now();
    int64_t agreed = apr_time_now();

    if (rebuild(place, pool)) {
        cctv_time_t ended = cctv_now();

        atomic_store(&place->state->fingerprint, fingerprint);
        atomic_store(&place->state->agreed, agreed);
        known[place->which].build = ended + (ended - started) * (DUTY - 1);
    }
    else {
        atomic_fetch_add(&place->state->builds_failed, 1);
        known[place->which].build = cctv_now() + RETRY;
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
    uint64_t fingerprint;

    /* It is read before the table: a change in between is seen next time. */
    if (!cctv_rebuild_fingerprint(place, pool, &fingerprint)) {
        return;
    }
    if (has_generation(state)
        && fingerprint == atomic_load(&state->fingerprint)) {
        atomic_store(&state->agreed, apr_time_now());
    }
    else if (cctv_now() >= known[place->which].build) {
        build(place, fingerprint, pool);
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
