/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_calls.h
 * @brief What all tasks of the keeper share: how they call Janus, and what
 *        their calls say about it.
 * Layer: pure.
 */
#ifndef CCTV_VIDEO_KEEPER_CALLS_H
#define CCTV_VIDEO_KEEPER_CALLS_H

#include "views/memory.h"
#include "video/server.h"

#include <pthread.h>
#include <stdatomic.h>

/** For a call that nothing but Janus takes part in: µs. */
#define CCTV_KEEPER_LIMIT 2000000

/** How long a task waits while Janus does not answer: µs. */
#define CCTV_KEEPER_PAUSE 200000

typedef enum {
    CCTV_KEEPER_ANSWERS_AGAIN,
    CCTV_KEEPER_NO_ANSWER,
    CCTV_KEEPER_LIST_REFUSED,
    CCTV_KEEPER_ADMIN_LOST,
    CCTV_KEEPER_SLOW_CAMERA
} cctv_keeper_news_t;

typedef struct {
    cctv_views_t *shared;
    cctv_janus_server_t *server;
    /** Where news go that the administrator has to know. Thread-safe.
     *  @param why     a reason in words, or NULL
     *  @param number  an error code, or the camera */
    void (*log)(cctv_keeper_news_t news, const char *why, int number);
    pthread_mutex_t mutex; /**< of what is logged once */
    _Atomic bool is_stopping;
} cctv_keeper_t;

/** Whether Janus does not answer, as far as is known. */
static inline bool cctv_keeper_is_down(const cctv_keeper_t *keeper)
{
    return cctv_breaker_is_open(&keeper->server->region->breaker);
}

/** Begin calls, for so long (µs). @return false: there is no memory */
bool cctv_keeper_begin(cctv_keeper_t *keeper, int64_t limit,
                       cctv_janus_session_t *session);

/**
 * End calls, and note what the last one says about Janus.
 *
 * @param started  when that call began
 * @return whether Janus has answered
 */
bool cctv_keeper_end(cctv_keeper_t *keeper, cctv_janus_session_t *session,
                     cctv_janus_status_t status, cctv_time_t started);

#endif
