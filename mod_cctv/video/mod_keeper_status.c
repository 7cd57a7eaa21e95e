/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_keeper_status.c
 * @brief A task of the keeper: write to the database which cameras are online.
 * Layer: httpd.
 */
#include "video/mod_keeper_status.h"

#include "cameras/mod_source.h"
#include "video/mod_diagnosis.h"
#include "video/mod_failure_status.h"
#include "video/mod_part.h"

#include <string.h>

static cctv_failed_t failed_of(int32_t key)
{
    return cctv_failures_find(&cctv_video_memory()->failures, key, cctv_now());
}

/* A camera that sends packets may still have a failure of the picture. That of
 * the second stream is not told. */
static int tell_picture(server_rec *s, apr_pool_t *pool, int32_t camera)
{
    cctv_failed_t failed = failed_of(camera);
    const cctv_failure_words_t *words = cctv_failure_words(failed.why);

    return cctv_source_set_reason(s, pool, camera,
                                  failed.why != CCTV_FAILURE_NONE
                                          && words->kind == CCTV_FAILS_PICTURE
                                      ? words->name
                                      : NULL);
}

/* @param is_told  whether cctv_watcher_tell() takes the camera offline */
static int tell_one(server_rec *s, apr_pool_t *pool, int64_t id,
                    const char *word, bool is_told)
{
    int32_t camera = cctv_mountpoint_camera(id);
    bool is_online = strcmp(word, "online") == 0;
    int result = OK;

    /* It sends packets, and none that can be shown. */
    if (is_online
        && failed_of(cctv_failures_key_of(id)).why
               == CCTV_FAILURE_OTHER_CODEC) {
        return OK;
    }
    if (is_online || !is_told) {
        result = cctv_source_set_status(s, pool, camera, word);
    }
    if (result != OK) {
        return result;
    }
    if (is_online) {
        return tell_picture(s, pool, camera);
    }
    cctv_diagnosis_note_for(s, id, CCTV_FAILURE_STOPPED_SENDING,
                            " (no packet for 10 s)");
    /* The reason of the first stream is told with its failure. */
    return cctv_mountpoint_is_second(id) && !is_told ? cctv_source_set_reason(
               s, pool, camera,
               cctv_failure_words(CCTV_FAILURE_STOPPED_SENDING)->name)
                                                     : OK;
}

/* A camera that one server does not hear may be heard by another one. */
static bool is_heard(const cctv_keeper_lists_t *lists, int64_t id,
                     const char *word)
{
    return lists->count > 1 && strcmp(word, "offline") == 0
           && cctv_keeper_lists_has_online(lists, cctv_mountpoint_camera(id));
}

/* @return false: the database does not answer */
static bool tell_status(const cctv_keeper_status_t *status, int list,
                        apr_pool_t *pool)
{
    cctv_keeper_mountpoints_t *mountpoints = status->lists.at[list];
    const char *word;
    int64_t id = 0;

    while (cctv_keeper_mountpoints_news(mountpoints, id, &id, &word)) {
        if (!is_heard(&status->lists, id, word)
            && tell_one(status->database, pool, id, word,
                        cctv_watcher_is_on(&status->watcher))
                   != OK) {
            return false;
        }
        cctv_keeper_mountpoints_told(mountpoints, id, word);
    }
    return true;
}

void cctv_keeper_status(cctv_keeper_status_t *status, apr_pool_t *pool)
{
    int i = 0;

    cctv_watcher_tell(&status->watcher, status->database, &status->lists,
                      pool);
    while (i < status->lists.count && tell_status(status, i, pool)) {
        i++;
    }
    cctv_failure_status_tell(status->database, &status->lists,
                             cctv_watcher_is_on(&status->watcher), pool);
}
