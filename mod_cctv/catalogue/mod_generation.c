/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_generation.c
 * @brief The current generation of each catalogue, mapped in this process.
 * Layer: httpd.
 */
#include "catalogue/mod_generation.h"

#include "catalogue/files.h"
#include "catalogue/mod_places.h"
#include "core/thread.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* A base in this process. Generations with the same base share it. */
typedef struct {
    cctv_mapped_t mapped;
    _Atomic int users; /* generations */
} base_t;

/* A generation in this process. */
typedef struct {
    cctv_catalogue_t catalogue; /* first: it is known to the users */
    base_t *base;
    cctv_mapped_t changes; /* all zero: it is a base alone */
    _Atomic int users;     /* and one for being the current one */
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
    return generation == NULL ? 0 : generation->catalogue.number;
}

/* @return whether that was the last user */
static bool leave(_Atomic int *users)
{
    return atomic_fetch_sub_explicit(users, 1, memory_order_acq_rel) == 1;
}

static void base_let_go(base_t *base)
{
    if (base != NULL && leave(&base->users)) {
        cctv_files_unmap(&base->mapped);
        free(base);
    }
}

static void let_go(generation_t *generation)
{
    if (generation != NULL && leave(&generation->users)) {
        base_let_go(generation->base);
        cctv_files_unmap(&generation->changes);
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
                         const cctv_catalogue_t *c)
{
    int64_t never = 0;

    atomic_store(&state->cameras, (uint64_t)cctv_catalogue_count(c));
    atomic_store(&state->bytes,
                 c->head->size
                     + (c->changes == NULL ? 0 : c->changes->head->size));
    /* A generation of an earlier start was up to date when it was built. */
    atomic_compare_exchange_strong(&state->agreed, &never,
                                   cctv_catalogue_newest_head(c)->built);
}

/* Whether this process lacks something, so that the file may be sound. */
static bool is_shortage(apr_status_t rv)
{
    return rv == ENOMEM || rv == EMFILE || rv == ENFILE;
}

/* One process checks a file for all, as long as nothing writes to it. */
static apr_status_t map_file(const cctv_catalogue_place_t *place,
                             uint64_t number, cctv_mapped_t *out,
                             const char **why)
{
    cctv_catalogue_state_t *state = place->state;
    _Atomic uint64_t *known = number == atomic_load(&state->base)
                                  ? &state->checked
                                  : &state->checked_changes;
    uint64_t checked = atomic_load(known);
    apr_status_t rv = cctv_files_map(place->folder, number, place->database,
                                     &checked, out, why);

    if (rv == APR_SUCCESS) {
        atomic_store(known, checked);
        out->catalogue.which = place->which;
        out->catalogue.number = number;
    }
    return rv;
}

/* Take a file that is a base. */
static base_t *base_make(const cctv_mapped_t *mapped)
{
    base_t *base = calloc(1, sizeof *base);

    if (base != NULL) {
        base->mapped = *mapped;
        atomic_init(&base->users, 1);
    }
    return base;
}

/* @param before  the generation before, which may have the base; NULL: none */
static apr_status_t map_base(const cctv_catalogue_place_t *place,
                             uint64_t number, const generation_t *before,
                             base_t **out, const char **why)
{
    cctv_mapped_t mapped;
    apr_status_t rv;

    if (before != NULL && before->base->mapped.catalogue.number == number) {
        *out = before->base;
        atomic_fetch_add_explicit(&(*out)->users, 1, memory_order_relaxed);
        return APR_SUCCESS;
    }
    rv = map_file(place, number, &mapped, why);
    if (rv == APR_SUCCESS && (*out = base_make(&mapped)) == NULL) {
        cctv_files_unmap(&mapped);
        rv = APR_ENOMEM;
    }
    return rv;
}

static apr_status_t map_files(const cctv_catalogue_place_t *place,
                              uint64_t number, const generation_t *before,
                              generation_t *out, const char **why)
{
    cctv_mapped_t newest;
    uint64_t base;
    apr_status_t rv = map_file(place, number, &newest, why);

    if (rv != APR_SUCCESS) {
        return rv;
    }
    base = newest.catalogue.head->base;
    if (base == 0) {
        out->base = base_make(&newest);
        if (out->base == NULL) {
            cctv_files_unmap(&newest);
            return APR_ENOMEM;
        }
        out->catalogue = newest.catalogue;
        return APR_SUCCESS;
    }
    out->changes = newest;
    rv = map_base(place, base, before, &out->base, why);
    if (rv != APR_SUCCESS) {
        return rv;
    }
    out->catalogue = out->base->mapped.catalogue;
    out->catalogue.number = number;
    if (!cctv_catalogue_join(&out->catalogue, &out->changes.catalogue)) {
        *why = "its base is another file";
        return APR_EGENERAL;
    }
    return APR_SUCCESS;
}

static generation_t *map(const cctv_catalogue_place_t *place, uint64_t number,
                         const generation_t *before)
{
    generation_t *generation = calloc(1, sizeof *generation);
    const char *why;
    apr_status_t rv;

    if (generation == NULL) {
        return NULL;
    }
    atomic_init(&generation->users, 1);
    rv = map_files(place, number, before, generation, &why);
    if (rv != APR_SUCCESS) {
        let_go(generation);
        /* It may have been replaced meanwhile; then it is gone. */
        if (number == atomic_load(&place->state->number) && !is_shortage(rv)) {
            cctv_catalogue_refuse(place, number, rv, why);
        }
        return NULL;
    }
    note_figures(place->state, &generation->catalogue);
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
        && (fresh = map(place, number, here->current)) != NULL) {
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
    return &generation->catalogue;
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

/* ---- While no request comes ---- */

/* How often a child looks whether its generation is an old one: µs. */
#define LOOK INT64_C(10000000)

static struct {
    cctv_stop_t stop;
    pthread_t thread;
} looking;

/* A child that serves no request would keep the memory of its generation as
 * long as it is idle. */
static void *looking_thread(void *unused)
{
    const cctv_catalogue_place_t *places = cctv_catalogue_places();
    int i;

    while (cctv_stop_pause(&looking.stop, LOOK)) {
        for (i = 0; i < CCTV_CATALOGUES_MAX; i++) {
            if (places[i].folder != NULL) {
                renew(&places[i], false);
            }
        }
    }
    return unused;
}

/* A cleanup of a pool. */
static apr_status_t looking_stop(void *unused)
{
    (void)unused;
    cctv_stop_tell(&looking.stop);
    pthread_join(looking.thread, NULL);
    return APR_SUCCESS;
}

void cctv_generation_child_init(apr_pool_t *pchild, server_rec *s)
{
    const cctv_catalogue_place_t *places = cctv_catalogue_places();
    bool is_any = false;
    int i;

    (void)s;
    for (i = 0; i < CCTV_CATALOGUES_MAX; i++) {
        pthread_mutex_init(&held[i].mutex, NULL);
        pthread_mutex_init(&held[i].mapping, NULL);
        if (places[i].folder != NULL) {
            is_any = true;
            renew(&places[i], false);
        }
    }
    if (is_any && cctv_stop_init(&looking.stop)
        && cctv_thread_create(&looking.thread, NULL, looking_thread, NULL)) {
        apr_pool_pre_cleanup_register(pchild, NULL, looking_stop);
    }
}
