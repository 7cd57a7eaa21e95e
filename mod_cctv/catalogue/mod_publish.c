/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_publish.c
 * @brief Makes a file the current generation of a catalogue.
 * Layer: httpd.
 */
#include "catalogue/mod_publish.h"

#include "catalogue/listener.h"
#include "catalogue/mod_generation.h"
#include "catalogue/mod_merge.h"
#include "core/mod_log.h"

#include <stdatomic.h>

/* What the process that runs the task knows of a catalogue. */
static struct {
    bool has_failed;
} known[CCTV_CATALOGUES_MAX];

void cctv_publish_tell(const cctv_catalogue_place_t *place, apr_status_t rv,
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

static uint64_t max(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* The number of the next file. A process that was killed may have left a newer
 * one, and a base that is being made has its number already: for a moment after
 * a reload a process of before may still make one. */
static uint64_t next_number(const cctv_catalogue_place_t *place)
{
    return max(max(cctv_files_newest(place->folder),
                   atomic_load(&place->state->number)),
               atomic_load(&place->state->reserved))
           + 1;
}

uint64_t cctv_publish_reserve(const cctv_catalogue_place_t *place)
{
    uint64_t number = next_number(place);

    atomic_store(&place->state->reserved, number);
    return number;
}

/* A base that is being made is older than the generation. */
static void remove_old(const cctv_catalogue_place_t *place, uint64_t number,
                       uint64_t base)
{
    uint64_t kept[2] = { base, cctv_merge_is_running(place)
                                   ? atomic_load(&place->state->reserved)
                                   : 0 };

    cctv_files_remove_before(place->folder, number, kept);
}

const cctv_catalogue_t *cctv_publish(const cctv_catalogue_place_t *place,
                                     const cctv_catalogue_t *before, int fd,
                                     uint64_t base, const int *ids, int count,
                                     apr_pool_t *pool)
{
    uint64_t number = next_number(place);
    uint64_t checked;
    const cctv_catalogue_t *now;
    const char *why;
    apr_status_t rv = cctv_files_publish(place->folder, fd, number, &checked,
                                         &why);

    cctv_publish_tell(place, rv, why);
    if (rv != APR_SUCCESS) {
        return NULL;
    }
    atomic_store(base == 0 ? &place->state->checked
                           : &place->state->checked_changes,
                 checked);
    atomic_store(&place->state->base, base == 0 ? number : base);
    atomic_store(&place->state->number, number);
    now = cctv_generation_open_newest(place->which, pool);
    if (now == NULL || now->number != number) {
        return NULL;
    }
    remove_old(place, number, base);
    cctv_changes_published(before, now, ids, count);
    return now;
}

void cctv_publish_clean(const cctv_catalogue_place_t *place)
{
    if (!cctv_merge_is_running(place)) {
        cctv_files_clean(place->folder);
    }
}
