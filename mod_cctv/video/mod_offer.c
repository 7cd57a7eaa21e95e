/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_offer.c
 * @brief Gets the offer for a camera from Janus; connects the camera first if
 *        need be.
 * Layer: httpd.
 */
#include "video/mod_offer.h"

#include "cameras/mod_handler.h"
#include "core/mod_log.h"
#include "janus/mountpoint_watch.h"
#include "video/mod_feed.h"
#include "video/mod_part.h"

#include "apr_strings.h"

#include <stdlib.h>
#include <string.h>

/* The time between two looks at a camera that is being connected to: µs. */
#define PAUSE 50000

/* A camera begins with a keyframe. Janus stores it for viewers only when the
 * next picture comes. A viewer that connects in between sees nothing until the
 * next keyframe, which may take seconds. So after the camera has connected,
 * the request waits this long before it asks for the offer: µs. */
#define FIRST_PICTURES 200000

/* A camera that refuses Janus within the first time is tried again after the
 * second: µs. */
#define SOON       1000000
#define SECOND_TRY 300000

static cctv_failures_t *failures(void)
{
    return &cctv_video_memory()->failures;
}

/* Whether another server is connected to the camera and has room. */
static bool is_received(const cctv_offer_attempt_t *attempt)
{
    return cctv_servers_have_receiving(&attempt->x.video->servers,
                                       cctv_failures_key_of(attempt->id),
                                       attempt->tried);
}

/* @param outcome  written only if the result is false
 * @return whether this request tries to connect to its camera */
static bool may_try(cctv_offer_attempt_t *attempt,
                    cctv_offer_outcome_t *outcome)
{
    if (attempt->is_trying) {
        return true;
    }
    *outcome = CCTV_OFFER_OK;
    switch (cctv_failures_attempt(
        failures(), cctv_failures_key_of(attempt->id), cctv_now(),
        attempt->x.video->settings.cold_timeout + CCTV_EXCHANGE_LIMIT)) {
    case CCTV_ATTEMPT_YOURS:
        attempt->is_trying = true;
        return true;
    case CCTV_ATTEMPT_FAILED:
        *outcome = CCTV_OFFER_OFFLINE;
        return false;
    case CCTV_ATTEMPT_OTHERS:
        break;
    }
    if (is_received(attempt) || !cctv_exchange_follow(&attempt->x)) {
        *outcome = CCTV_OFFER_BUSY;
    }
    else {
        apr_sleep(PAUSE);
    }
    return false;
}

/* Whether another server may serve the viewer instead. What went wrong then
 * says nothing about the camera. */
static bool is_elsewhere(const cctv_offer_attempt_t *attempt,
                         cctv_offer_outcome_t outcome)
{
    return (outcome == CCTV_OFFER_OFFLINE || outcome == CCTV_OFFER_BUSY)
           && is_received(attempt);
}

/* Let no further viewer wait for a server that cannot connect. */
static void note_unreached(cctv_offer_attempt_t *attempt)
{
    const cctv_janus_server_t *server = attempt->x.server;
    cctv_failure_t why = attempt->diagnosis.failed.why;

    cctv_unreached_note(&cctv_video_memory()->unreached,
                        cctv_failures_key_of(attempt->id), server->place,
                        cctv_now());
    CCTV_LOG_R(APLOG_WARNING, 0, attempt->x.r, "CCTV0290",
               "%s cannot connect to camera %d%s (%s), which another Janus "
               "receives: its viewers get that one for a minute",
               server->words.title, attempt->viewer->camera,
               attempt->feed.is_relay ? " at the address of CCTVFanOut" : "",
               cctv_failure_words(
                   why == CCTV_FAILURE_NONE ? CCTV_FAILURE_UNREACHABLE : why)
                   ->name);
}

static void remember(cctv_offer_attempt_t *attempt,
                     cctv_offer_outcome_t outcome)
{
    switch (outcome) {
    case CCTV_OFFER_OK:
        cctv_failures_clear(failures(), cctv_failures_key_of(attempt->id));
        break;
    case CCTV_OFFER_OFFLINE:
        if (attempt->is_trying) {
            cctv_diagnosis_note(attempt->x.r, attempt->id, &attempt->feed,
                                &attempt->diagnosis);
        }
        break;
    default:
        if (attempt->is_trying) {
            cctv_failures_give_up(
                failures(), cctv_failures_key_of(attempt->id), cctv_now());
        }
    }
}

/* While Janus destroys the mountpoint of a camera that does not answer, it may
 * block all calls. Then a late call says nothing about its own camera. */
static cctv_offer_outcome_t why_late(const cctv_offer_attempt_t *attempt)
{
    return cctv_janus_region_was_blocked(attempt->x.server->region,
                                         attempt->x.started, cctv_now())
               ? CCTV_OFFER_DOWN
               : CCTV_OFFER_OFFLINE;
}

/* @param status  of a call that has failed */
static cctv_offer_outcome_t why_lost(const cctv_offer_attempt_t *attempt,
                                     cctv_janus_status_t status)
{
    return cctv_exchange_is_waiting(&attempt->x) && status == CCTV_JANUS_LATE
               ? why_late(attempt)
               : CCTV_OFFER_DOWN;
}

static cctv_offer_outcome_t find_feed(cctv_offer_attempt_t *attempt,
                                      int *result)
{
    bool is_further = cctv_servers_have_pull(&attempt->x.video->servers,
                                             cctv_failures_key_of(attempt->id),
                                             attempt->x.server);
    int status = cctv_feed_read(attempt->x.r, attempt->id, is_further,
                                &attempt->feed);

    if (status != OK) {
        *result = cctv_cameras_no_answer(attempt->x.r, status);
        return CCTV_OFFER_ANSWERED;
    }
    if (attempt->feed.url == NULL) {
        /* The camera was deleted after admission. */
        *result = cctv_cameras_not_here(attempt->x.r);
        return CCTV_OFFER_ANSWERED;
    }
    return CCTV_OFFER_OK;
}

static cctv_mountpoint_status_t ask_janus(cctv_offer_attempt_t *attempt,
                                          cctv_janus_status_t *status)
{
    return cctv_mountpoint_make(&attempt->x.session, &attempt->x.server->rules,
                                attempt->id, &attempt->feed, status);
}

/* Let Janus connect to the camera. It tries twice if the camera has just told
 * this module that nothing is wrong: a camera that serves one client at a time
 * refuses Janus while the connection of this module is open, and GStreamer's
 * RTSP server answers 503 for a moment after the last one has ended. */
static cctv_mountpoint_status_t
make_in_two_tries(cctv_offer_attempt_t *attempt, cctv_janus_status_t *status)
{
    cctv_time_t began = cctv_now();
    cctv_mountpoint_status_t made = ask_janus(attempt, status);
    cctv_time_t now = cctv_now();

    cctv_diagnosis_close(&attempt->diagnosis);
    if (made == CCTV_MOUNTPOINT_OFFLINE && attempt->diagnosis.is_described
        && now - began < SOON
        && now + SECOND_TRY < attempt->x.session.deadline) {
        apr_sleep(SECOND_TRY);
        made = ask_janus(attempt, status);
    }
    return made;
}

static cctv_offer_outcome_t make_mountpoint(cctv_offer_attempt_t *attempt,
                                            cctv_janus_status_t *status,
                                            int *result)
{
    cctv_offer_outcome_t outcome;

    if (!may_try(attempt, &outcome)) {
        return outcome;
    }
    if (!cctv_exchange_go_cold(&attempt->x)) {
        return CCTV_OFFER_BUSY;
    }
    if (attempt->feed.url == NULL) {
        outcome = find_feed(attempt, result);
        if (outcome != CCTV_OFFER_OK) {
            return outcome;
        }
    }
    if (!cctv_diagnosis_begin(&attempt->diagnosis, &attempt->feed,
                              attempt->x.session.deadline)) {
        return CCTV_OFFER_OFFLINE;
    }
    switch (make_in_two_tries(attempt, status)) {
    case CCTV_MOUNTPOINT_OFFLINE:
        CCTV_LOG_R(APLOG_INFO, 0, attempt->x.r, "CCTV0022",
                   "camera %d does not answer Janus: %s",
                   attempt->viewer->camera, attempt->x.session.reason);
        cctv_diagnosis_end(&attempt->diagnosis, &attempt->feed,
                           attempt->x.session.deadline);
        return CCTV_OFFER_OFFLINE;
    case CCTV_MOUNTPOINT_FAILED:
        return *status == CCTV_JANUS_LATE ? why_late(attempt)
                                          : CCTV_OFFER_DOWN;
    case CCTV_MOUNTPOINT_BUSY:
        apr_sleep(PAUSE);
        return CCTV_OFFER_OK;
    default:
        return CCTV_OFFER_OK;
    }
}

/* @param sdp  written on success: for the viewer, in the pool of the request */
static cctv_mountpoint_status_t get_sdp(cctv_offer_attempt_t *attempt,
                                        const char *pin, const char **sdp,
                                        cctv_janus_status_t *status)
{
    cctv_janus_session_t *session = &attempt->x.session;
    cctv_mountpoint_status_t result;
    char *offer;

    if (attempt->player != NULL) {
        result = cctv_player_connect(attempt->player, session,
                                     &attempt->x.server->rules, attempt->id,
                                     pin, status);
        *sdp = attempt->player->answer;
        return result;
    }
    result = cctv_mountpoint_watch(session, attempt->id, pin, NULL, &offer,
                                   status);
    if (result == CCTV_MOUNTPOINT_OK) {
        *sdp = apr_pstrdup(attempt->x.r->pool, offer);
        free(offer);
    }
    return result;
}

static bool has_candidates(const char *sdp)
{
    return strstr(sdp, "\na=candidate:") != NULL;
}

/* @param is_done  written: nothing more has to be asked */
static cctv_offer_outcome_t note_candidates(cctv_offer_attempt_t *attempt,
                                            bool has_any, bool *is_done)
{
    cctv_diagnosis_note_candidates(attempt->x.r, has_any);
    *is_done = has_any;
    return has_any ? CCTV_OFFER_OK : CCTV_OFFER_NO_CANDIDATES;
}

static cctv_offer_outcome_t watch_mountpoint(cctv_offer_attempt_t *attempt,
                                             cctv_offer_t *out, bool *is_done,
                                             cctv_janus_status_t *status)
{
    switch (get_sdp(attempt, out->pin, &out->sdp, status)) {
    case CCTV_MOUNTPOINT_OK:
        return note_candidates(attempt, has_candidates(out->sdp), is_done);
    case CCTV_MOUNTPOINT_OFFLINE:
        return CCTV_OFFER_OFFLINE;
    case CCTV_MOUNTPOINT_BUSY:
        if (!attempt->x.is_following && !cctv_exchange_go_cold(&attempt->x)) {
            return CCTV_OFFER_BUSY;
        }
        apr_sleep(PAUSE);
        return CCTV_OFFER_OK;
    case CCTV_MOUNTPOINT_FAILED:
        return attempt->player != NULL
                       && attempt->player->fault == CCTV_SDP_NO_CANDIDATES
                   ? note_candidates(attempt, false, is_done)
                   : why_lost(attempt, *status);
    default:
        return CCTV_OFFER_OK;
    }
}

/* One round: look for the mountpoint, create it, or watch it. */
static cctv_offer_outcome_t offer_step(cctv_offer_attempt_t *attempt,
                                       cctv_transport_t transport,
                                       cctv_offer_t *out, bool *is_done,
                                       cctv_janus_status_t *status,
                                       int *result)
{
    cctv_mountpoint_t found;

    switch (cctv_mountpoint_find(&attempt->x.session,
                                 &attempt->x.server->rules, attempt->id,
                                 &found, status)) {
    case CCTV_MOUNTPOINT_MISSING:
        return make_mountpoint(attempt, status, result);
    case CCTV_MOUNTPOINT_OK:
        break;
    default:
        return why_lost(attempt, *status);
    }
    if (!found.is_ours) {
        return CCTV_OFFER_FOREIGN;
    }
    if (cctv_mountpoint_sends_other(&found, attempt->viewer->codec)) {
        cctv_diagnosis_set_codec(&attempt->diagnosis, found.codec,
                                 attempt->viewer->codec);
        return CCTV_OFFER_OFFLINE;
    }
    if (cctv_mountpoint_is_stale(&found)) {
        attempt->diagnosis.failed.why = CCTV_FAILURE_STOPPED_SENDING;
        return CCTV_OFFER_OFFLINE;
    }
    out->pin = apr_pstrdup(attempt->x.r->pool, found.pin);
    if (attempt->x.is_cold && found.is_pulled && !attempt->has_paused) {
        attempt->has_paused = true;
        apr_sleep(FIRST_PICTURES);
    }
    if (transport == CCTV_TRANSPORT_PROXY) {
        *is_done = true;
        return CCTV_OFFER_OK;
    }
    return watch_mountpoint(attempt, out, is_done, status);
}

static cctv_offer_outcome_t get_offer(cctv_offer_attempt_t *attempt,
                                      cctv_transport_t transport,
                                      cctv_offer_t *out,
                                      cctv_janus_status_t *status, int *result)
{
    cctv_offer_outcome_t outcome = CCTV_OFFER_OK;
    bool is_done = false;

    *status = cctv_janus_open(&attempt->x.session);
    cctv_exchange_judge(&attempt->x, *status);
    if (*status != CCTV_JANUS_OK) {
        return CCTV_OFFER_DOWN;
    }
    while (outcome == CCTV_OFFER_OK && !is_done) {
        if (cctv_now() >= attempt->x.session.deadline) {
            return why_late(attempt);
        }
        outcome = offer_step(attempt, transport, out, &is_done, status,
                             result);
    }
    return outcome;
}

cctv_offer_outcome_t cctv_offer_get(cctv_offer_attempt_t *attempt,
                                    cctv_transport_t transport,
                                    cctv_offer_t *out,
                                    cctv_janus_status_t *status, int *result)
{
    cctv_offer_outcome_t outcome = get_offer(attempt, transport, out, status,
                                             result);

    if (is_elsewhere(attempt, outcome)) {
        if (attempt->is_trying && outcome == CCTV_OFFER_OFFLINE) {
            note_unreached(attempt);
        }
        outcome = CCTV_OFFER_ELSEWHERE;
    }
    else if (attempt->feed.is_relay && outcome == CCTV_OFFER_OFFLINE) {
        /* That says nothing about the camera. */
        note_unreached(attempt);
        outcome = CCTV_OFFER_BUSY;
    }
    remember(attempt, outcome);
    return outcome;
}
