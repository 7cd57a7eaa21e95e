/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file janus.h
 * @brief A client of Janus's HTTP API (janus.conf.meetecho.com/docs/rest).
 * Layer: pure.
 *
 * A call is one POST or GET, with one deadline for all calls of a talk.
 * Connections are kept: a process has as many as it had talks at once.
 *
 * Nothing that Janus answers is believed: what is too long, no JSON, or not
 * what was asked for is CCTV_JANUS_WRONG.
 */
#ifndef CCTV_JANUS_JANUS_H
#define CCTV_JANUS_JANUS_H

#include "core/clock.h"
#include "janus/counters.h"

#include "apr_pools.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/** Error codes of Janus (apierror.h) and of its streaming plugin that mean
 *  something to us. */
enum {
    CCTV_JANUS_WRONG_SECRET = 403,
    CCTV_JANUS_NO_MOUNTPOINT = 455,
    CCTV_JANUS_CANNOT_CREATE = 456,
    CCTV_JANUS_WRONG_KEY = 457,
    CCTV_JANUS_NO_SESSION = 458,
    CCTV_JANUS_NO_HANDLE = 459,
    CCTV_JANUS_BAD_JSEP = 465,
    CCTV_JANUS_BAD_SDP = 469
};

typedef enum {
    CCTV_JANUS_OK,
    CCTV_JANUS_REFUSED, /**< an error of Janus: see code and reason */
    CCTV_JANUS_LOST,    /**< no connection, or it broke */
    CCTV_JANUS_LATE,    /**< the deadline passed */
    CCTV_JANUS_WRONG    /**< an answer that is none */
} cctv_janus_status_t;

/** Whether Janus has answered, be it with an error. */
static inline bool cctv_janus_has_answered(cctv_janus_status_t status)
{
    return status == CCTV_JANUS_OK || status == CCTV_JANUS_REFUSED;
}

/** Words for a status that is neither OK nor REFUSED. */
const char *cctv_janus_why(cctv_janus_status_t status);

/** Where Janus is; lives as long as what is made from it. */
typedef struct {
    const char *url;       /**< such as http://127.0.0.1:8088/janus */
    const char *admin_url; /**< NULL: none */
    const char *secret;    /**< api_secret and admin_secret */
    /** Where calls are counted; shared by all processes. */
    cctv_janus_counters_t *counters;
} cctv_janus_place_t;

/** A process's client: opaque. */
typedef struct cctv_janus_t cctv_janus_t;

/** Some calls that belong together, by one thread. */
typedef struct {
    cctv_janus_t *janus;
    void *connection;
    cctv_time_t deadline;
    uint64_t id; /**< 0: none */
    uint64_t handle;
    int code; /**< of the last call that was refused */
    char reason[256];
} cctv_janus_session_t;

/** Whether the last call was refused since Janus does not know the session or
 *  the handle (any more). */
static inline bool
cctv_janus_has_forgotten(const cctv_janus_session_t *session,
                         cctv_janus_status_t status)
{
    return status == CCTV_JANUS_REFUSED
           && (session->code == CCTV_JANUS_NO_SESSION
               || session->code == CCTV_JANUS_NO_HANDLE);
}

/** Once in a process, before it has threads. */
cctv_janus_t *cctv_janus_create(apr_pool_t *pool,
                                const cctv_janus_place_t *place);

/** Let all calls fail from now on, those under way within a second.
 *  Thread-safe. */
void cctv_janus_stop(cctv_janus_t *janus);

/** Begin to talk. Thread-safe. @return false: there is no memory */
bool cctv_janus_begin(cctv_janus_t *janus, cctv_time_t deadline,
                      cctv_janus_session_t *session);

/** End it; the Janus session stays. Thread-safe. */
void cctv_janus_end(cctv_janus_session_t *session);

/** Make a session with a handle of the streaming plugin. */
cctv_janus_status_t cctv_janus_open(cctv_janus_session_t *session);

/**
 * Send a message to the plugin.
 *
 * @param body   handed over
 * @param jsep   handed over; NULL: none
 * @param reply  what the plugin answers, for json_decref(); an acknowledgement
 *               gives NULL: an event will follow
 * An error of the plugin is CCTV_JANUS_REFUSED, too.
 */
cctv_janus_status_t cctv_janus_message(cctv_janus_session_t *session,
                                       json_t *body, json_t *jsep,
                                       json_t **reply);

/**
 * Wait for the next event of the session that is one of the plugin's.
 *
 * @param event  as Janus sends it, for json_decref()
 * A wait that is given up swallows an event: then destroy the session.
 */
cctv_janus_status_t cctv_janus_event(cctv_janus_session_t *session,
                                     json_t **event);

cctv_janus_status_t cctv_janus_keepalive(cctv_janus_session_t *session);

/** @param id       any one; one that is not there is no error */
cctv_janus_status_t cctv_janus_destroy(cctv_janus_session_t *session,
                                       uint64_t id);

/**
 * What the admin API says of a handle.
 *
 * @param info  for json_decref()
 */
cctv_janus_status_t cctv_janus_handle_info(cctv_janus_session_t *session,
                                           uint64_t id, uint64_t handle,
                                           json_t **info);

#endif
