/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_failure_status.c
 * @brief A background task that writes to the database which cameras have
 *        failed.
 * Layer: httpd.
 */
#include "video/mod_failure_status.h"

#include "cameras/mod_source.h"
#include "core/mod_log.h"
#include "video/failures.h"
#include "video/mod_part.h"

/* The most queries of one call. */
#define QUERIES 16

/* The entry at which the next call goes on. */
static uint32_t cursor;

/* @return whether a failure of the first stream says nothing about the camera
 *         now: because the second one plays, or because one of several Janus
 *         servers could not connect and another one receives the camera, whose
 *         next list forgives the failure */
static bool has_to_wait(const cctv_keeper_lists_t *lists, int32_t camera,
                        cctv_failure_t why)
{
    return camera > 0 && why != CCTV_FAILURE_NONE
           && cctv_failure_words(why)->kind == CCTV_FAILS_CAMERA
           && (cctv_keeper_lists_is_online(lists,
                                           cctv_mountpoint_id(camera, true))
               || (lists->count > 1 && why != CCTV_FAILURE_OTHER_CODEC
                   && cctv_keeper_lists_is_online(
                       lists, cctv_mountpoint_id(camera, false))));
}

/* The failure has overwritten the status of a camera that may have sent packets
 * all the time, as with another codec: then the keeper has no news of it. */
static int tell_online(server_rec *s, const cctv_keeper_lists_t *lists,
                       apr_pool_t *pool, int32_t camera)
{
    return cctv_keeper_lists_has_online(lists, camera)
               ? cctv_source_set_status(s, pool, camera, "online")
               : OK;
}

/* @param is_told  whether cctv_watcher_tell() takes the camera offline */
static int tell(server_rec *s, const cctv_keeper_lists_t *lists, bool is_told,
                apr_pool_t *pool, int32_t camera, cctv_failure_t why)
{
    const cctv_failure_words_t *words = cctv_failure_words(why);
    int result = OK;

    if (why == CCTV_FAILURE_NONE) {
        CCTV_LOG_S(APLOG_NOTICE, 0, s, "CCTV0111", "camera %d%s works again",
                   cctv_failures_camera(camera),
                   camera < 0 ? " (second stream)" : "");
    }
    /* The second stream alone says nothing about the camera. */
    if (camera < 0) {
        return OK;
    }
    if (why == CCTV_FAILURE_NONE) {
        result = tell_online(s, lists, pool, camera);
        return result == OK ? cctv_source_set_reason(s, pool, camera, NULL)
                            : result;
    }
    if (words->kind == CCTV_FAILS_CAMERA) {
        if (is_told) {
            return OK;
        }
        result = cctv_source_set_status(s, pool, camera, "offline");
    }
    return result == OK ? cctv_source_set_reason(s, pool, camera, words->name)
                        : result;
}

void cctv_failure_status_tell(server_rec *s, const cctv_keeper_lists_t *lists,
                              bool is_told, apr_pool_t *pool)
{
    cctv_failures_t *failures = &cctv_video_memory()->failures;
    cctv_time_t now = cctv_now();
    int queries = 0;
    uint32_t i;

    for (i = 0; i < CCTV_FAILURES_SIZE && queries < QUERIES; i++) {
        uint64_t word;
        cctv_failure_t why;
        int32_t camera = cctv_failures_untold(failures, cursor, &word, &why);

        cctv_failures_age(failures, cursor, now);
        if (camera != 0 && !has_to_wait(lists, camera, why)) {
            queries++;
            if (tell(s, lists, is_told, pool, camera, why) != OK) {
                /* The database does not answer; the next call goes on here. */
                return;
            }
            cctv_failures_told(failures, cursor, word);
        }
        cursor = (cursor + 1) % CCTV_FAILURES_SIZE;
    }
}
