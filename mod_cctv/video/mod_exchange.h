/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_exchange.h
 * @brief When a request may call Janus, and what its calls say about Janus.
 * Layer: httpd.
 *
 * A request enters the gate and asks the breaker before its first call. If it
 * has to wait for its camera, it leaves the gate and takes a place among those
 * that wait, so that requests whose cameras are connected can enter.
 */
#ifndef CCTV_VIDEO_MOD_EXCHANGE_H
#define CCTV_VIDEO_MOD_EXCHANGE_H

#include "video/mod_lifecycle.h"

#include "httpd.h"

#include <stdbool.h>

/** The time limit for all calls of a request whose camera is connected: µs. */
#define CCTV_EXCHANGE_LIMIT 2000000

/** What a client is told while Janus does not answer. */
extern const char cctv_video_down[];

/** The state of a request while it calls Janus. The caller sets the first
 *  members, and sets the rest to 0. */
typedef struct {
    request_rec *r;
    cctv_video_t *video;
    cctv_janus_server_t *server;
    uint64_t client; /**< a place to wait for a camera counts against it */
    cctv_janus_session_t session;
    cctv_time_t started;
    cctv_time_t entered;
    bool is_inside; /**< it has a place in the gate */
    bool is_probe;
    bool is_cold;      /**< it has a place to connect to its camera */
    bool is_following; /**< it waits for the attempt of another request */
    bool is_talking;
} cctv_exchange_t;

/** Enter the gate, ask the breaker and take a connection.
 *  @return false: Janus may not be called now; nothing is held */
bool cctv_exchange_begin(cctv_exchange_t *x);

/** Take a place to connect to the camera.
 *  @return whether the request may connect to its camera */
bool cctv_exchange_go_cold(cctv_exchange_t *x);

/** Take a place to wait for the attempt of another request.
 *  @return whether the request may wait; at most once true */
bool cctv_exchange_follow(cctv_exchange_t *x);

/** @return whether the request waits for its camera, outside the gate */
static inline bool cctv_exchange_is_waiting(const cctv_exchange_t *x)
{
    return x->is_cold || x->is_following;
}

/** Report to the breaker what a call says about Janus. A call that waited for
 *  a slow camera says nothing about Janus. */
void cctv_exchange_judge(cctv_exchange_t *x, cctv_janus_status_t status);

/** Release everything without reporting to the breaker. An unused probe blocks
 *  the next one until its lease ends. */
void cctv_exchange_leave(cctv_exchange_t *x);

/** Report to the breaker, and release everything.
 *  @param status  the result of the last call */
void cctv_exchange_end(cctv_exchange_t *x, cctv_janus_status_t status);

/** Log why Janus is of no use.
 *  @param status  the result of the last call: not CCTV_JANUS_OK */
void cctv_exchange_log_down(cctv_exchange_t *x, cctv_janus_status_t status);

#endif
