/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_signalling.c
 * @brief Starts a view with video: gets the SDP for the viewer from Janus, or
 *        answers the request that gets none.
 * Layer: httpd.
 */
#include "video/mod_signalling.h"

#include "core/mod_log.h"
#include "http/mod_reply.h"
#include "janus/mountpoint_watch.h"
#include "sdp/rewrite.h"
#include "video/janus_version.h"
#include "video/mod_offer.h"
#include "video/mod_part.h"
#include "views/mod_admission.h"
#include "views/mod_part.h"

#include "apr_strings.h"

#include <inttypes.h>
#include <string.h>

/* A server that does not answer takes CCTV_EXCHANGE_LIMIT. This much later, the
 * viewer may be tried with another one: µs. */
#define SPARE 500000

static int refuse(request_rec *r, cctv_refused_t reason, const char *type,
                  const char *seconds, const char *detail)
{
    cctv_admission_count_refused(r, reason);
    return cctv_reply_problem_of(r, HTTP_SERVICE_UNAVAILABLE, type, seconds,
                                 detail);
}

/* The start of a view fails: this counts as refused. */
static int refuse_down(request_rec *r)
{
    return refuse(r, CCTV_REFUSED_VIDEO_DOWN, CCTV_PROBLEM_VIDEO_DOWN, "1",
                  cctv_video_down);
}

/* ---- SDP ---- */

/* Write Janus's offer anew for the viewer. */
static cctv_sdp_fault_t write_offer(request_rec *r, cctv_codec_t codec,
                                    cctv_offer_t *offer)
{
    cctv_janus_sdp_t janus;
    cctv_sdp_fault_t fault = cctv_janus_sdp_read(
        offer->sdp, strlen(offer->sdp), codec, &janus);

    if (fault == CCTV_SDP_OK) {
        offer->sdp = cctv_sdp_offer_for_browser(r->pool, &janus);
    }
    return fault;
}

static int refuse_janus_sdp(request_rec *r, int32_t camera,
                            cctv_sdp_fault_t fault)
{
    CCTV_LOG_R(APLOG_ERR, 0, r, "CCTV0120",
               "the SDP of Janus for camera %d cannot be used: %s", camera,
               cctv_sdp_sentence(fault));
    return refuse_down(r);
}

/* ---- The start ---- */

/* Whether Janus has refused what the player's offer says. */
static bool is_sdp_refused(const cctv_exchange_t *x,
                           cctv_janus_status_t status)
{
    return status == CCTV_JANUS_REFUSED
           && (x->session.code == CCTV_JANUS_BAD_JSEP
               || x->session.code == CCTV_JANUS_BAD_SDP)
           && !cctv_mountpoint_has_lost_offer(&x->session);
}

/* Janus is of no use for this view. @param status  of the last call */
static int answer_down(cctv_offer_attempt_t *attempt,
                       cctv_janus_status_t status)
{
    cctv_exchange_t *x = &attempt->x;
    const cctv_player_t *player = attempt->player;

    if (player != NULL && player->fault != CCTV_SDP_OK) {
        return refuse_janus_sdp(x->r, attempt->viewer->camera, player->fault);
    }
    if (player != NULL && is_sdp_refused(x, status)) {
        return cctv_reply_problem(
            x->r, HTTP_BAD_REQUEST,
            apr_pstrcat(x->r->pool,
                        "The video server does not take this offer: ",
                        x->session.reason, NULL));
    }
    cctv_exchange_log_down(x, status);
    return refuse_down(x->r);
}

/* @param outcome  not CCTV_OFFER_OK
 * @param result   changed unless the request has been answered already */
static void answer_outcome(cctv_offer_attempt_t *attempt,
                           cctv_offer_outcome_t outcome,
                           cctv_janus_status_t status, int *result)
{
    request_rec *r = attempt->x.r;
    int32_t camera = attempt->viewer->camera;

    switch (outcome) {
    case CCTV_OFFER_BUSY:
        *result = refuse(r, CCTV_REFUSED_COLD, CCTV_PROBLEM_BUSY, "2",
                         "Many viewers wait for cameras to connect; try again "
                         "in a moment.");
        break;
    case CCTV_OFFER_OFFLINE:
        *result = cctv_diagnosis_answer(r, attempt->viewer,
                                        &attempt->diagnosis.failed);
        break;
    case CCTV_OFFER_FOREIGN:
        CCTV_LOG_R(APLOG_ERR, 0, r, "CCTV0050",
                   "Janus has a mountpoint %" PRId64 " that is not of "
                   "mod_cctv, so camera %d cannot be shown: remove it from "
                   "janus.plugin.streaming.jcfg",
                   attempt->id, camera);
        *result = refuse_down(r);
        break;
    case CCTV_OFFER_NO_CANDIDATES:
        *result = cctv_diagnosis_answer_no_candidates(r);
        break;
    case CCTV_OFFER_DOWN:
        *result = answer_down(attempt, status);
        break;
    case CCTV_OFFER_ELSEWHERE:
    case CCTV_OFFER_OK:
    case CCTV_OFFER_ANSWERED:
        break;
    }
}

/* What came of a try of a server. */
typedef enum {
    READY,
    ANSWERED, /* the request has been answered */
    NEXT,     /* this server does not answer, and another one may */
    RECEIVING /* this server cannot show the camera, and another one does */
} tried_t;

/* The start of a view, which tries servers one after the other. */
typedef struct {
    request_rec *r;
    cctv_viewer_t *viewer;
    cctv_offer_t *offer;
    int32_t stream; /* the key of the stream of the camera (failures.h) */
    cctv_time_t began;
    uint32_t servers; /* those that were tried: bits */
    int *result;
} start_t;

/* Another server may serve the viewer, unless this one takes the time that a
 * viewer has. */
static bool may_go_on(const start_t *start)
{
    return cctv_now() - start->began < CCTV_EXCHANGE_LIMIT + SPARE
           && cctv_servers_have_other(&cctv_video()->servers, start->servers);
}

/* Whether a failed attempt says something about its server only. */
static bool is_server_down(const cctv_offer_attempt_t *attempt,
                           cctv_offer_outcome_t outcome,
                           cctv_janus_status_t status)
{
    return outcome == CCTV_OFFER_DOWN
           && (attempt->player == NULL
               || (attempt->player->fault == CCTV_SDP_OK
                   && !is_sdp_refused(&attempt->x, status)));
}

/* Get the SDP for the viewer with the calls of an exchange that has begun. */
static tried_t get_sdp(const start_t *start, cctv_offer_attempt_t *attempt)
{
    cctv_exchange_t *x = &attempt->x;
    cctv_offer_t *out = start->offer;
    cctv_transport_t transport = start->viewer->transport;
    cctv_janus_status_t status = CCTV_JANUS_OK;
    cctv_offer_outcome_t outcome;
    cctv_sdp_fault_t fault;

    if (attempt->player != NULL) {
        attempt->player->janus_takes_offers = cctv_janus_takes_offers(
            &x->session, x->server->region);
    }
    outcome = cctv_offer_get(attempt, transport, out, &status, start->result);
    cctv_exchange_end(x, status);
    if (is_server_down(attempt, outcome, status) && may_go_on(start)) {
        cctv_exchange_log_down(x, status);
        return NEXT;
    }
    if (outcome == CCTV_OFFER_ELSEWHERE) {
        return RECEIVING;
    }
    if (outcome != CCTV_OFFER_OK) {
        answer_outcome(attempt, outcome, status, start->result);
        return ANSWERED;
    }
    if (transport == CCTV_TRANSPORT_PROXY || attempt->player != NULL) {
        return READY;
    }
    fault = write_offer(x->r, attempt->viewer->codec, out);
    if (fault != CCTV_SDP_OK) {
        *start->result = refuse_janus_sdp(x->r, attempt->viewer->camera,
                                          fault);
    }
    return fault == CCTV_SDP_OK ? READY : ANSWERED;
}

/* The viewer gets its Janus session, or the keeper destroys it. */
static void keep_session(const start_t *start, const cctv_exchange_t *x,
                         bool is_ready)
{
    cctv_viewer_t *viewer = start->viewer;

    if (is_ready) {
        viewer->server = x->server->key;
        if (x->server->pulls != NULL) {
            cctv_pulls_add(x->server->pulls, start->stream, x->server->place);
        }
    }
    if (is_ready && viewer->transport != CCTV_TRANSPORT_PROXY) {
        viewer->janus = x->session.id;
        viewer->handle = x->session.handle;
    }
    else if (x->session.id != 0) {
        cctv_discard_put(&cctv_views()->discarded,
                         cctv_discard_entry(x->server->key, x->session.id));
    }
}

static tried_t try_server(const start_t *start, cctv_janus_server_t *server)
{
    cctv_viewer_t *viewer = start->viewer;
    cctv_player_t player = { .pool = start->r->pool,
                             .offer = start->offer->from_viewer };
    cctv_offer_attempt_t attempt = {
        .x = { .r = start->r,
               .video = cctv_video(),
               .server = server,
               .client = viewer->client },
        .viewer = viewer,
        .id = cctv_mountpoint_id(viewer->camera, viewer->is_second),
        .tried = start->servers,
        .feed = { .codec = viewer->codec },
        .player = start->offer->from_viewer == NULL ? NULL : &player
    };
    tried_t tried;

    start->offer->walks = atomic_load(&server->region->walks);
    if (!cctv_exchange_begin(&attempt.x)) {
        if (may_go_on(start)) {
            return NEXT;
        }
        *start->result = refuse_down(start->r);
        return ANSWERED;
    }
    tried = get_sdp(start, &attempt);
    keep_session(start, &attempt.x, tried == READY);
    return tried;
}

/* @param before  what came of the last try
 * @param server  gets the next server to try */
static cctv_server_chosen_t choose(start_t *start, tried_t before,
                                   cctv_janus_server_t **server)
{
    const cctv_servers_t *servers = &cctv_video()->servers;

    if (before == RECEIVING) {
        return cctv_servers_choose_receiving(servers, start->stream,
                                             &start->servers, server)
                   ? CCTV_SERVER_CHOSEN
                   : CCTV_SERVERS_FULL;
    }
    return cctv_servers_choose(servers, start->stream, &start->servers,
                               server);
}

/* Try one server after the other. */
static bool try_servers(start_t *start)
{
    cctv_janus_server_t *server;
    tried_t tried = NEXT;

    while (tried == NEXT || tried == RECEIVING) {
        switch (choose(start, tried, &server)) {
        case CCTV_SERVER_CHOSEN:
            tried = try_server(start, server);
            break;
        case CCTV_SERVERS_FULL:
            *start->result = refuse(start->r, CCTV_REFUSED_VIEWERS,
                                    CCTV_PROBLEM_BUSY, "5",
                                    "There are as many viewers as the server "
                                    "takes: try again in some seconds.");
            return false;
        case CCTV_SERVERS_DRAINING:
            *start->result = refuse_down(start->r);
            return false;
        }
    }
    return tried == READY;
}

bool cctv_signalling_prepare(request_rec *r, cctv_viewer_t *viewer,
                             cctv_offer_t *out, int *result)
{
    start_t start = { .r = r,
                      .viewer = viewer,
                      .offer = out,
                      .stream = cctv_failures_key(viewer->camera,
                                                  viewer->is_second),
                      .began = cctv_now(),
                      .result = result };

    out->sdp = NULL;
    out->pin = NULL;
    if (out->from_viewer != NULL
        && !cctv_sdp_offer_choose(out->from_viewer, viewer->codec, 0)) {
        *result = cctv_admission_refuse_codecs(r,
                                               CCTV_CODEC_BIT(viewer->codec));
        return false;
    }
    return try_servers(&start);
}
