/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file janus.h
 * @brief A client of Janus's HTTP API (janus.conf.meetecho.com/docs/rest).
 * Layer: pure.
 *
 * A call is one POST or GET. All calls of a cctv_janus_session_t have the same
 * deadline. Connections are kept: a process has as many as it had sessions at
 * the same time.
 *
 * Answers of Janus are not trusted. If an answer is too long, is not JSON, or
 * is not what was asked for, the status is CCTV_JANUS_WRONG.
 */
#ifndef CCTV_JANUS_JANUS_H
#define CCTV_JANUS_JANUS_H

#include "core/clock.h"
#include "janus/connection.h"
#include "janus/counters.h"
#include "janus/status.h"

#include "apr_pools.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * The error codes of Janus (apierror.h) and of its streaming plugin that this
 * module handles.
 */
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

/** A description of a status that is neither OK nor REFUSED. */
const char *cctv_janus_why(cctv_janus_status_t status);

/** How to reach Janus. It has to live as long as the clients made from it. */
typedef struct {
    const char *url;       /**< such as http://127.0.0.1:8088/janus */
    const char *admin_url; /**< NULL: there is no admin API */
    const char *secret;    /**< api_secret and admin_secret */
    /** The counters of calls; shared by all processes. */
    cctv_janus_counters_t *counters;
    cctv_janus_tally_t *tally; /**< the same, of this server */
} cctv_janus_place_t;

/** The client of a process. */
typedef struct cctv_janus_t cctv_janus_t;

/**
 * Calls that belong together, made by one thread; usually about one Janus
 * session.
 */
typedef struct {
    cctv_janus_t *janus;
    cctv_connection_t *connection;
    cctv_time_t deadline;
    uint64_t id; /**< the Janus session; 0: none */
    uint64_t handle;
    int code; /**< error code of the last refused call */
    char reason[256];
} cctv_janus_session_t;

/**
 * Whether the last call was refused because Janus does not know the Janus
 * session or the handle (any more).
 */
static inline bool
cctv_janus_has_forgotten(const cctv_janus_session_t *session,
                         cctv_janus_status_t status)
{
    return status == CCTV_JANUS_REFUSED
           && (session->code == CCTV_JANUS_NO_SESSION
               || session->code == CCTV_JANUS_NO_HANDLE);
}

/** Create the client of a process, before the process has threads. */
cctv_janus_t *cctv_janus_create(apr_pool_t *pool,
                                const cctv_janus_place_t *place);

/**
 * Let all calls fail from now on; running calls fail within a second.
 * Thread-safe.
 */
void cctv_janus_stop(cctv_janus_t *janus);

/** Start a series of calls. Thread-safe. @return false: there is no memory */
bool cctv_janus_begin(cctv_janus_t *janus, cctv_time_t deadline,
                      cctv_janus_session_t *session);

/**
 * End a series of calls. The Janus session in Janus is not destroyed.
 * Thread-safe.
 */
void cctv_janus_end(cctv_janus_session_t *session);

/**
 * Ask Janus for its version. Needs no Janus session.
 *
 * @param version  written on success: 1102 is 1.1.2
 */
cctv_janus_status_t cctv_janus_version(cctv_janus_session_t *session,
                                       int *version);

/** Create a Janus session with a handle of the streaming plugin. */
cctv_janus_status_t cctv_janus_open(cctv_janus_session_t *session);

/**
 * Send a message to the plugin. An error of the plugin is CCTV_JANUS_REFUSED,
 * too.
 *
 * @param body   owned by this function
 * @param jsep   owned by this function; NULL: none
 * @param reply  written: the answer of the plugin, json_decref() it; NULL
 *               after an acknowledgement, which an event follows
 */
cctv_janus_status_t cctv_janus_message(cctv_janus_session_t *session,
                                       json_t *body, json_t *jsep,
                                       json_t **reply);

/**
 * Wait for the next event of the plugin in this Janus session. If the wait is
 * cancelled, an event may be lost: then destroy the Janus session.
 *
 * @param event  written: the event as Janus sent it; json_decref() it
 */
cctv_janus_status_t cctv_janus_event(cctv_janus_session_t *session,
                                     json_t **event);

cctv_janus_status_t cctv_janus_keepalive(cctv_janus_session_t *session);

/**
 * Destroy a Janus session.
 * @param id  may be any Janus session; it is no error if it does not exist
 */
cctv_janus_status_t cctv_janus_destroy(cctv_janus_session_t *session,
                                       uint64_t id);

/**
 * Ask the admin API about a handle.
 *
 * @param info  written: the answer; json_decref() it
 */
cctv_janus_status_t cctv_janus_handle_info(cctv_janus_session_t *session,
                                           uint64_t id, uint64_t handle,
                                           json_t **info);

/**
 * Ask the admin API for the ids of all Janus sessions.
 *
 * @param sessions  written: an array of anything; json_decref() it
 */
cctv_janus_status_t cctv_janus_list_sessions(cctv_janus_session_t *session,
                                             json_t **sessions);

/**
 * Ask the admin API for the ids of all handles of a Janus session.
 *
 * @param handles  written: an array of anything; json_decref() it
 */
cctv_janus_status_t cctv_janus_list_handles(cctv_janus_session_t *session,
                                            uint64_t id, json_t **handles);

#endif
