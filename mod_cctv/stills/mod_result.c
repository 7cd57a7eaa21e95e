/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_result.c
 * @brief Notes what came of a fetch: the picture, or why there is none.
 * Layer: httpd.
 */
#include "stills/mod_result.h"

#include "core/mod_log.h"
#include "memory/mod_part.h"

#include "http_main.h"

#include <string.h>
#include <time.h>

static void note(cctv_stills_memory_t *memory, uint64_t database,
                 int32_t camera, cctv_failed_t *failed, const char *hint)
{
    int32_t key = cctv_stills_key(database, camera);
    cctv_noted_t noted = cctv_failures_note(&memory->failures, key, failed,
                                            cctv_now());

    if (noted == CCTV_NOTED_CHANGE) {
        CCTV_LOG_S(APLOG_NOTICE, 0, ap_server_conf, "CCTV0260",
                   "camera %d has no still picture: %s: %s%s", camera,
                   cctv_failure_words(failed->why)->name,
                   cctv_failure_words(failed->why)->sentence, hint);
    }
    cctv_stills_ring(memory, key);
}

void cctv_result_note_failure(cctv_stills_memory_t *memory, uint64_t database,
                              int32_t camera, cctv_failure_t why,
                              const char *hint)
{
    cctv_failed_t failed = { .why = why };

    note(memory, database, camera, &failed, hint);
}

void cctv_result_give_up(cctv_stills_memory_t *memory, uint64_t database,
                         int32_t camera)
{
    int32_t key = cctv_stills_key(database, camera);

    cctv_failures_give_up(&memory->failures, key, cctv_now());
    cctv_stills_ring(memory, key);
}

uint32_t cctv_result_hash(const char *url, const char *user,
                          const char *password)
{
    uint64_t hash = cctv_keyed_hash(url, strlen(url));

    if (user != NULL) {
        hash = hash * 31 + cctv_keyed_hash(user, strlen(user));
        hash = hash * 31 + cctv_keyed_hash(password, strlen(password));
    }
    return (uint32_t)hash | 1;
}

/* @return false: it is too large for the cache */
static bool keep(cctv_still_cache_t *cache, const cctv_fetch_t *fetch)
{
    cctv_still_t still = { .database = fetch->database,
                           .role = fetch->role,
                           .fetched = cctv_now(),
                           .modified = (int64_t)time(NULL),
                           .camera = fetch->camera,
                           .length = (uint32_t)fetch->length };

    return cctv_still_cache_put(cache, &still, fetch->data);
}

static void note_picture(cctv_stills_memory_t *memory,
                         cctv_still_cache_t *cache, const cctv_fetch_t *fetch)
{
    int32_t key = cctv_stills_key(fetch->database, fetch->camera);
    cctv_failed_t before = cctv_failures_find(&memory->failures, key,
                                              cctv_now());

    /* The picture has to be there before the claim is gone, or another process
     * would fetch it once more. */
    keep(cache, fetch);
    cctv_failures_clear(&memory->failures, key);
    cctv_count_more(&memory->counters.bytes, fetch->length);
    if (before.why != CCTV_FAILURE_NONE) {
        CCTV_LOG_S(APLOG_NOTICE, 0, ap_server_conf, "CCTV0261",
                   "camera %d has a still picture again", fetch->camera);
    }
    cctv_stills_ring(memory, key);
}

static const char *hint_of(const cctv_fetch_t *fetch)
{
    return fetch->why == CCTV_FAILURE_LOGIN_REFUSED
               ? (fetch->user == NULL
                      ? " CCTVCameraLoginsFile has no login for it"
                      : " It is not tried again for 10 minutes, unless its "
                        "address or login changes")
               : fetch->hint;
}

void cctv_result_note(cctv_stills_memory_t *memory, cctv_still_cache_t *cache,
                      const cctv_fetch_t *fetch)
{
    cctv_failed_t failed = { .why = fetch->why };

    if (fetch->is_stopped) {
        cctv_result_give_up(memory, fetch->database, fetch->camera);
        return;
    }
    cctv_count(&memory->counters.fetches[fetch->why]);
    cctv_histogram_observe(&memory->counters.seconds, fetch->took);
    if (fetch->why == CCTV_FAILURE_NONE) {
        note_picture(memory, cache, fetch);
        return;
    }
    if (fetch->why == CCTV_FAILURE_LOGIN_REFUSED) {
        failed.fact = cctv_result_hash(fetch->url, fetch->user,
                                       fetch->password);
    }
    note(memory, fetch->database, fetch->camera, &failed, hint_of(fetch));
}
