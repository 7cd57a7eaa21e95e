/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_base.c
 * @brief Makes a new base of a catalogue when there are many changes.
 * Layer: httpd.
 */
#include "catalogue/mod_base.h"

#include "catalogue/apply.h"
#include "catalogue/mod_feed.h"
#include "catalogue/mod_merge.h"
#include "catalogue/mod_publish.h"
#include "catalogue/status.h"
#include "core/mod_log.h"
#include "core/thread.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

/* When a base could not be made, the next one is started after this time: µs. */
#define RETRY 60000000

/* What the process that runs the task knows of a catalogue. */
static struct {
    cctv_time_t earliest; /* of the next base */
    bool has_failed;
} known[CCTV_CATALOGUES_MAX];

/* Log the first failure in a row. */
static void tell(const cctv_catalogue_place_t *place, apr_status_t rv,
                 const char *why)
{
    bool had_failed = known[place->which].has_failed;

    known[place->which].has_failed = rv != APR_SUCCESS;
    if (rv != APR_SUCCESS) {
        known[place->which].earliest = cctv_now() + RETRY;
        atomic_fetch_add(&place->state->builds_failed, 1);
    }
    if (rv != APR_SUCCESS && !had_failed) {
        CCTV_LOG_S(APLOG_ERR, rv, place->server, "CCTV0223",
                   "the catalogue %s cannot be written anew, so its changes "
                   "get more and more, and slower to apply: %s",
                   place->folder, why);
    }
}

void cctv_base_start(const cctv_catalogue_place_t *place,
                     const cctv_catalogue_t *last)
{
    if (cctv_now() >= known[place->which].earliest
        && !cctv_merge_is_running(place)
        && cctv_feed_wants_base(place, last)) {
        cctv_publish_clean(place);
        cctv_merge_start(place, cctv_publish_reserve(place));
    }
}

/* Write the file of what has changed since a base was made.
 * @return the file; -1: it failed */
static int write_since(const cctv_catalogue_place_t *place,
                       const cctv_catalogue_t *base,
                       const cctv_catalogue_t *last, apr_status_t *rv)
{
    const cctv_catalogue_head_t *head = cctv_catalogue_newest_head(last);
    cctv_build_about_t about = { .database = head->database,
                                 .built = head->built,
                                 .position = head->position,
                                 .base = base,
                                 .base_number = base->number };
    int fd = cctv_files_create(place->folder);
    cctv_build_t *build = fd < 0 ? NULL : cctv_build_begin(fd);
    uint64_t *gone = NULL;

    *rv = fd < 0 ? APR_FROM_OS_ERROR(errno) : APR_ENOMEM;
    if (build != NULL) {
        cctv_apply_rebase(build, base, last, &gone);
        about.gone = gone;
    }
    if (gone != NULL) {
        *rv = cctv_build_end(build, &about);
        free(gone);
    }
    else if (build != NULL) {
        cctv_build_abandon(build);
    }
    if (*rv != APR_SUCCESS && fd >= 0) {
        cctv_files_discard(place->folder, fd);
        fd = -1;
    }
    return fd;
}

/* Make a generation of a new base. @return NULL: it failed */
static const cctv_catalogue_t *use_base(const cctv_catalogue_place_t *place,
                                        const cctv_catalogue_t *last,
                                        cctv_merge_t *made, apr_pool_t *pool,
                                        apr_status_t *rv, const char **why)
{
    static const int none;
    cctv_mapped_t base;
    int fd;

    *rv = cctv_files_map(place->folder, made->number, place->database,
                         &made->checked, &base, why);
    if (*rv != APR_SUCCESS) {
        return NULL;
    }
    base.catalogue.number = made->number;
    cctv_statuses_follow(&base.catalogue, last);
    fd = write_since(place, &base.catalogue, last, rv);
    cctv_files_unmap(&base);
    if (fd < 0) {
        *why = "its file of changes cannot be written";
        return NULL;
    }
    atomic_store(&place->state->checked, made->checked);
    return cctv_publish(place, last, fd, made->number, &none, 0, pool);
}

const cctv_catalogue_t *cctv_base_take(const cctv_catalogue_place_t *place,
                                       const cctv_catalogue_t *last,
                                       apr_pool_t *pool)
{
    int64_t before = cctv_thread_spent();
    const cctv_catalogue_t *now = NULL;
    cctv_merge_t made;

    /* After a rebuild it is of no use any more. */
    if (!cctv_merge_take(place, &made)
        || made.of != cctv_catalogue_base_number(last)) {
        return last;
    }
    if (made.rv == APR_SUCCESS) {
        now = use_base(place, last, &made, pool, &made.rv, &made.why);
    }
    tell(place, made.rv, made.why);
    if (now != NULL) {
        cctv_feed_continued(place, now);
        CCTV_LOG_S(APLOG_DEBUG, 0, place->server, "CCTV0224",
                   "the catalogue %s was written anew: %d cameras, %.2f s of "
                   "processor time, %d changes since",
                   place->folder, now->count, (double)made.cost / 1e6,
                   now->changes->count);
    }
    cctv_feed_worked_whole(place,
                           2 * (made.cost + cctv_thread_spent() - before));
    return now == NULL ? last : now;
}
