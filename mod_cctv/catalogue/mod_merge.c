/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_merge.c
 * @brief Makes a new base of a base and its file of changes: a background task.
 * Layer: httpd.
 */
#include "catalogue/mod_merge.h"

#include "catalogue/apply.h"
#include "catalogue/mod_generation.h"
#include "core/thread.h"

#include <errno.h>
#include <stdatomic.h>

typedef enum {
    STEP_NONE,
    STEP_WANTED, /* belongs to the task */
    STEP_DONE
} step_t;

static struct {
    _Atomic int step; /* step_t */
    apr_pool_t *pool; /* holds `last` */
    const cctv_catalogue_t *last;
    cctv_merge_t result;
} merges[CCTV_CATALOGUES_MAX];

static atomic_bool is_stopped;

void cctv_merge_start(const cctv_catalogue_place_t *place, uint64_t number)
{
    const cctv_catalogue_t *last;
    int which = place->which;

    if (apr_pool_create(&merges[which].pool, NULL) != APR_SUCCESS) {
        return;
    }
    apr_pool_tag(merges[which].pool, "cctv_merge");
    last = cctv_generation_open_which(which, merges[which].pool);
    if (last == NULL) {
        apr_pool_destroy(merges[which].pool);
        return;
    }
    merges[which].last = last;
    merges[which].result = (cctv_merge_t){
        .number = number, .of = cctv_catalogue_base_number(last)
    };
    atomic_store(&merges[which].step, STEP_WANTED);
}

bool cctv_merge_is_running(const cctv_catalogue_place_t *place)
{
    return atomic_load(&merges[place->which].step) != STEP_NONE;
}

bool cctv_merge_take(const cctv_catalogue_place_t *place, cctv_merge_t *out)
{
    int which = place->which;

    if (atomic_load(&merges[which].step) != STEP_DONE) {
        return false;
    }
    *out = merges[which].result;
    apr_pool_destroy(merges[which].pool);
    atomic_store(&merges[which].step, STEP_NONE);
    return true;
}

static apr_status_t write_base(const cctv_catalogue_t *last, int fd)
{
    const cctv_catalogue_head_t *head = cctv_catalogue_newest_head(last);
    cctv_build_about_t about = { .database = head->database,
                                 .built = head->built,
                                 .position = head->position };
    cctv_build_t *build = cctv_build_begin(fd);

    if (build == NULL) {
        return APR_ENOMEM;
    }
    cctv_apply_merge(build, last, &is_stopped);
    if (atomic_load(&is_stopped)) {
        cctv_build_abandon(build);
        return APR_EINTR;
    }
    return cctv_build_end(build, &about);
}

static void make_base(const char *folder, const cctv_catalogue_t *last,
                      cctv_merge_t *out)
{
    int fd = cctv_files_create(folder);

    if (fd < 0) {
        out->rv = APR_FROM_OS_ERROR(errno);
        out->why = "no file can be made in it";
        return;
    }
    out->rv = write_base(last, fd);
    if (out->rv != APR_SUCCESS) {
        out->why = "its file cannot be written";
        cctv_files_discard(folder, fd);
        return;
    }
    out->rv = cctv_files_publish(folder, fd, out->number, &out->checked,
                                 &out->why);
}

void cctv_merge_step(cctv_time_t now, apr_pool_t *pool)
{
    const cctv_catalogue_place_t *places = cctv_catalogue_places();
    int i;

    (void)now;
    (void)pool;
    for (i = 0; i < CCTV_CATALOGUES_MAX; i++) {
        if (atomic_load(&merges[i].step) == STEP_WANTED) {
            int64_t before = cctv_thread_spent();

            make_base(places[i].folder, merges[i].last, &merges[i].result);
            merges[i].result.cost = cctv_thread_spent() - before;
            atomic_store(&merges[i].step, STEP_DONE);
        }
    }
}

void cctv_merge_stop(void)
{
    atomic_store(&is_stopped, true);
}
