/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_calls.c
 * @brief How the tasks of the keeper call Janus and report to the breaker.
 * Layer: pure.
 */
#include "video/keeper_calls.h"

bool cctv_keeper_begin(cctv_keeper_t *keeper, int64_t limit,
                       cctv_janus_session_t *session)
{
    return cctv_janus_begin(keeper->server->keeper_client, cctv_now() + limit,
                            session);
}

/* Many threads may fail at once; one of them logs it. */
static void calls_failed(cctv_keeper_t *keeper, cctv_janus_status_t status,
                         cctv_time_t started)
{
    cctv_breaker_t *breaker = &keeper->server->region->breaker;
    bool was_open;
    bool is_open;

    pthread_mutex_lock(&keeper->mutex);
    was_open = cctv_breaker_is_open(breaker);
    /* false: the breaker's probe belongs to a request, never to the keeper. */
    cctv_breaker_failed(breaker, cctv_now(), started, false);
    is_open = cctv_breaker_is_open(breaker);
    pthread_mutex_unlock(&keeper->mutex);
    if (is_open && !was_open) {
        cctv_keeper_log(keeper, CCTV_KEEPER_NO_ANSWER, cctv_janus_why(status),
                        0);
    }
}

bool cctv_keeper_end(cctv_keeper_t *keeper, cctv_janus_session_t *session,
                     cctv_janus_status_t status, cctv_time_t started)
{
    cctv_janus_end(session);
    if (cctv_janus_has_answered(status)) {
        if (cctv_breaker_answered(&keeper->server->region->breaker,
                                  cctv_now())) {
            cctv_keeper_log(keeper, CCTV_KEEPER_ANSWERS_AGAIN, NULL, 0);
        }
        return true;
    }
    /* A call that was cancelled because the keeper stops says nothing about
     * Janus. */
    if (!atomic_load(&keeper->is_stopping)) {
        calls_failed(keeper, status, started);
    }
    return false;
}
