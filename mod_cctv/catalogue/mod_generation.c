/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_generation.c
 * @brief The current generation of each catalogue, mapped in this process.
 * Layer: httpd.
 */
#include "catalogue/mod_generation.h"

#include "catalogue/files.h"
#include "catalogue/mod_places.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* A generation in this process. */
typedef struct {
    cctv_mapped_t mapped; /* first: its catalogue is known to the users */
    _Atomic int users;    /* and one for being the current one */
} generation_t;

/* What a process has of a catalogue. */
typedef struct {
    pthread_mutex_t mutex; /* of `current` and of taking it */
    generation_t *current;
    pthread_mutex_t mapping; /* held by the thread that maps */
} held_t;

static held_t held[CCTV_CATALOGUES_MAX];

static uint64_t number_of(const generation_t *generation)
{
    return generation == NULL ? 0 : generation->mapped.catalogue.number;
}

static void let_go(generation_t *generation)
{
    if (generation != NULL
        && atomic_fetch_sub_explicit(&generation->users, 1,
                                     memory_order_acq_rel)
               == 1) {
        cctv_files_unmap(&generation->mapped);
        free(generation);
    }
}

/* A cleanup of a pool. */
static apr_status_t let_go_of(void *generation)
{
    let_go(generation);
    return APR_SUCCESS;
}

/* @return with one more user; NULL: none is mapped */
static generation_t *take(held_t *here)
{
    generation_t *generation;

    pthread_mutex_lock(&here->mutex);
    generation = here->current;
    if (generation != NULL) {
        atomic_fetch_add_explicit(&generation->users, 1, memory_order_relaxed);
    }
    pthread_mutex_unlock(&here->mutex);
    return generation;
}

/* ---- Mapping ---- */

static void note_figures(cctv_catalogue_state_t *state,
                         const cctv_catalogue_head_t *head)
{
    int64_t never = 0;

    atomic_store(&state->cameras, head->count);
    atomic_store(&state->bytes, head->size);
    /* A generation of an earlier start was up to date when it was built. */
    atomic_compare_exchange_strong(&state->agreed, &never, head->built);
}

/* Whether this process lacks something, so that the file may be sound. */
static bool is_shortage(apr_status_t rv)
{
    return rv == ENOMEM || rv == EMFILE || rv == ENFILE;
}

static generation_t *map(const cctv_catalogue_place_t *place, uint64_t number)
{
    generation_t *generation = calloc(1, sizeof *generation);
    uint64_t checked = atomic_load(&place->state->checked);
    const char *why;
    apr_status_t rv;

    if (generation == NULL) {
        return NULL;
    }
    /* One process checks a file for all, as long as nothing writes to it. */
    rv = cctv_files_map(place->folder, number, place->database, &checked,
                        &generation->mapped, &why);
    if (rv != APR_SUCCESS) {
        free(generation);
        /* It may have been replaced meanwhile; then it is gone. */
        if (number == atomic_load(&place->state->number) && !is_shortage(rv)) {
            cctv_catalogue_refuse(place, number, rv, why);
        }
        return NULL;
    }
    atomic_store(&place->state->checked, checked);
    note_figures(place->state, generation->mapped.catalogue.head);
    generation->mapped.catalogue.which = place->which;
    generation->mapped.catalogue.number = number;
    atomic_init(&generation->users, 1);
    return generation;
}

static bool is_wanted(const cctv_catalogue_place_t *place, uint64_t number)
{
    return number != 0 && number != atomic_load(&place->state->refused);
}

/* Map the current generation.
 * @param waits  whether to wait if another thread maps it */
static void renew(const cctv_catalogue_place_t *place, bool waits)
{
    held_t *here = &held[place->which];
    uint64_t number = atomic_load(&place->state->number);
    generation_t *fresh;
    generation_t *old;

    if (!is_wanted(place, number)
        || (waits ? pthread_mutex_lock : pthread_mutex_trylock)(&here->mapping)
               != 0) {
        return;
    }
    if (number_of(here->current) != number
        && (fresh = map(place, number)) != NULL) {
        pthread_mutex_lock(&here->mutex);
        old = here->current;
        here->current = fresh;
        pthread_mutex_unlock(&here->mutex);
        let_go(old);
    }
    pthread_mutex_unlock(&here->mapping);
}

static const cctv_catalogue_t *open_it(int which, apr_pool_t *pool, bool waits)
{
    const cctv_catalogue_place_t *place;
    generation_t *generation;

    if (which < 0) {
        return NULL;
    }
    place = &cctv_catalogue_places()[which];
    generation = take(&held[which]);
    if (number_of(generation) != atomic_load(&place->state->number)) {
        let_go(generation);
        renew(place, waits);
        generation = take(&held[which]);
    }
    if (generation == NULL) {
        return NULL;
    }
    apr_pool_cleanup_register(pool, generation, let_go_of,
                              apr_pool_cleanup_null);
    return &generation->mapped.catalogue;
}

const cctv_catalogue_t *cctv_generation_open_which(int which, apr_pool_t *pool)
{
    return open_it(which, pool, false);
}

const cctv_catalogue_t *cctv_generation_open_newest(int which,
                                                    apr_pool_t *pool)
{
    return open_it(which, pool, true);
}

void cctv_generation_close(const cctv_catalogue_t *catalogue, apr_pool_t *pool)
{
    /* The catalogue is the first member of its generation. */
    apr_pool_cleanup_run(pool, (void *)(uintptr_t)catalogue, let_go_of);
}

const cctv_catalogue_t *cctv_generation_open(server_rec *s, apr_pool_t *pool)
{
    return cctv_generation_open_which(cctv_catalogue_which(s), pool);
}

const cctv_catalogue_t *cctv_generation_of(request_rec *r)
{
    return cctv_generation_open(r->server, r->pool);
}

void cctv_generation_child_init(apr_pool_t *pchild, server_rec *s)
{
    const cctv_catalogue_place_t *places = cctv_catalogue_places();
    int i;

    (void)pchild;
    (void)s;
    for (i = 0; i < CCTV_CATALOGUES_MAX; i++) {
        pthread_mutex_init(&held[i].mutex, NULL);
        pthread_mutex_init(&held[i].mapping, NULL);
        if (places[i].folder != NULL) {
            renew(&places[i], false);
        }
    }
}
