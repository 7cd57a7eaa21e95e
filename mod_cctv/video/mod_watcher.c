/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_watcher.c
 * @brief Tells the database which cameras this server receives and which fail.
 * Layer: httpd.
 */
#include "video/mod_watcher.h"

#include "cameras/mod_source.h"
#include "video/failures.h"
#include "video/mod_part.h"
#include "views/mod_node.h"

#include "apr_tables.h"

#include <stdlib.h>
#include <xxhash.h>

/* Lists of mountpoints are a second old, so it is of no use to look more often:
 * µs. */
#define LOOK 1000000

/* Shorter than what cctv_note_watcher() in sql/20-roles.sql takes for a server
 * that is lost: µs. */
#define INTERVAL 10000000

typedef struct {
    apr_array_header_t *receives; /* of int */
    apr_array_header_t *silent;   /* of int: a mountpoint gets no packets */
    apr_array_header_t *fails;    /* of int */
    apr_array_header_t *reasons;  /* of const char *, for each of `fails` */
    cctv_time_t now;
} lists_t;

static void add_failed(lists_t *lists, int32_t camera, cctv_failure_t why)
{
    APR_ARRAY_PUSH(lists->fails, int) = camera;
    APR_ARRAY_PUSH(lists->reasons,
                   const char *) = cctv_failure_words(why)->name;
}

static void add_mountpoint(void *lists_, int64_t id, bool is_online)
{
    lists_t *lists = lists_;
    int32_t camera = cctv_mountpoint_camera(id);
    cctv_failed_t failed = cctv_failures_find(
        &cctv_video_memory()->failures, cctv_failures_key_of(id), lists->now);

    if (!is_online) {
        APR_ARRAY_PUSH(lists->silent, int) = camera;
    }
    else if (failed.why != CCTV_FAILURE_OTHER_CODEC) {
        APR_ARRAY_PUSH(lists->receives, int) = camera;
    }
}

static int by_number(const void *a, const void *b)
{
    const int *one = a;
    const int *other = b;

    return (*one > *other) - (*one < *other);
}

/* Sort a list, and remove duplicates: several Janus servers, and both streams of
 * a camera, may say the same. */
static void sort(apr_array_header_t *cameras)
{
    int *at = (int *)cameras->elts;
    int kept = 0;
    int i;

    qsort(at, (size_t)cameras->nelts, sizeof at[0], by_number);
    for (i = 0; i < cameras->nelts; i++) {
        if (kept == 0 || at[kept - 1] != at[i]) {
            at[kept++] = at[i];
        }
    }
    cameras->nelts = kept;
}

/* @param cameras  sorted */
static bool has(const apr_array_header_t *cameras, int camera)
{
    return bsearch(&camera, cameras->elts, (size_t)cameras->nelts,
                   sizeof camera, by_number)
           != NULL;
}

/* Of several Janus servers, one may receive a camera that another one does
 * not. */
static void add_silent(lists_t *lists)
{
    int i;

    for (i = 0; i < lists->silent->nelts; i++) {
        int32_t camera = APR_ARRAY_IDX(lists->silent, i, int);

        if (!has(lists->receives, camera)) {
            add_failed(lists, camera, CCTV_FAILURE_STOPPED_SENDING);
        }
    }
}

static void add_mountpoints(lists_t *lists,
                            const cctv_keeper_lists_t *mountpoints)
{
    int i;

    for (i = 0; i < mountpoints->count; i++) {
        cctv_keeper_mountpoints_statuses(mountpoints->at[i], add_mountpoint,
                                         lists);
    }
    sort(lists->receives);
    sort(lists->silent);
    add_silent(lists);
}

/* A failure counts as long as its back-off: after that nobody knows. The second
 * stream alone says nothing about the camera. */
static void add_failures(lists_t *lists)
{
    const cctv_failures_t *failures = &cctv_video_memory()->failures;
    cctv_failed_t failed;
    uint32_t i;

    for (i = 0; i < CCTV_FAILURES_SIZE; i++) {
        int32_t camera = cctv_failures_get(failures, i, lists->now, &failed);

        if (camera > 0 && failed.wait > 0
            && cctv_failure_words(failed.why)->kind == CCTV_FAILS_CAMERA
            && !has(lists->receives, camera) && !has(lists->silent, camera)) {
            add_failed(lists, camera, failed.why);
        }
    }
}

static void list_all(lists_t *lists, const cctv_keeper_lists_t *mountpoints,
                     apr_pool_t *pool)
{
    lists->receives = apr_array_make(pool, 64, sizeof(int));
    lists->silent = apr_array_make(pool, 16, sizeof(int));
    lists->fails = apr_array_make(pool, 16, sizeof(int));
    lists->reasons = apr_array_make(pool, 16, sizeof(const char *));
    add_mountpoints(lists, mountpoints);
    add_failures(lists);
}

static uint64_t hash_of(const lists_t *lists)
{
    uint64_t hash = XXH3_64bits(lists->receives->elts,
                                (size_t)lists->receives->nelts * sizeof(int));

    return XXH3_64bits_withSeed(
        lists->fails->elts, (size_t)lists->fails->nelts * sizeof(int), hash);
}

void cctv_watcher_tell(cctv_watcher_t *watcher, server_rec *database,
                       const cctv_keeper_lists_t *mountpoints,
                       apr_pool_t *pool)
{
    const char *name = cctv_node_name(database);
    lists_t lists = { .now = cctv_now() };
    uint64_t hash;

    if (name == NULL || lists.now < watcher->look) {
        return;
    }
    watcher->look = lists.now + LOOK;
    list_all(&lists, mountpoints, pool);
    hash = hash_of(&lists);
    if (hash == watcher->told && lists.now < watcher->due) {
        return;
    }
    if (cctv_source_note_watcher(database, pool, name, lists.receives,
                                 lists.fails, lists.reasons, &watcher->is_on)
        == OK) {
        watcher->told = hash;
        watcher->due = lists.now + INTERVAL;
    }
}
