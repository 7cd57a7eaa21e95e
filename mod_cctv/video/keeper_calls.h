/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_calls.h
 * @brief How the tasks of the keeper call Janus and report to the breaker.
 * Layer: pure.
 */
#ifndef CCTV_VIDEO_KEEPER_CALLS_H
#define CCTV_VIDEO_KEEPER_CALLS_H

#include "views/memory.h"
#include "video/server.h"

#include <pthread.h>
#include <stdatomic.h>

/** The time limit of a call that does not depend on a camera: µs. */
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
    /** Log news for the administrator. Thread-safe.
     *  @param words   what the server is called
     *  @param why     the reason in words, or NULL
     *  @param number  an error code, or the camera */
    void (*log)(const cctv_server_words_t *words, cctv_keeper_news_t news,
                const char *why, int number);
    pthread_mutex_t mutex; /**< makes one of many threads log a failure */
    _Atomic bool is_stopping;
} cctv_keeper_t;

/** Log news about the keeper's server. Thread-safe. */
static inline void cctv_keeper_log(const cctv_keeper_t *keeper,
                                   cctv_keeper_news_t news, const char *why,
                                   int number)
{
    keeper->log(&keeper->server->words, news, why, number);
}

/** @return whether a view is one of the keeper's server */
static inline bool cctv_keeper_has(const cctv_keeper_t *keeper,
                                   const cctv_view_t *view)
{
    return view->server == keeper->server->key;
}

/** @return whether the breaker is open: Janus is known not to answer */
static inline bool cctv_keeper_is_down(const cctv_keeper_t *keeper)
{
    return cctv_breaker_is_open(&keeper->server->region->breaker);
}

/** Begin one or more calls of Janus.
 *  @param limit  the time for all of them: µs
 *  @return false: out of memory */
bool cctv_keeper_begin(cctv_keeper_t *keeper, int64_t limit,
                       cctv_janus_session_t *session);

/**
 * End the calls, and report the last one to the breaker.
 *
 * @param status   the result of the last call
 * @param started  when the calls began
 * @return whether Janus has answered
 */
bool cctv_keeper_end(cctv_keeper_t *keeper, cctv_janus_session_t *session,
                     cctv_janus_status_t status, cctv_time_t started);

#endif
