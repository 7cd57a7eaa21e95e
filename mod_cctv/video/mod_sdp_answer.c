/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_sdp_answer.c
 * @brief Sends the viewer's SDP answer to Janus.
 * Layer: httpd.
 */
#include "video/mod_sdp_answer.h"

#include "http/mod_reply.h"
#include "janus/mountpoint_watch.h"
#include "memory/mod_part.h"
#include "sdp/answer.h"
#include "sdp/rewrite.h"
#include "video/mod_exchange.h"
#include "video/mod_part.h"
#include "views/mod_admission.h"
#include "views/mod_part.h"
#include "views/view_media.h"

#include "apr_strings.h"

#include <string.h>

/* The SDP answer of a view fails: the view had started, so this does not count
 * as refused. */
static int answer_down(request_rec *r)
{
    return cctv_reply_problem_of(r, HTTP_SERVICE_UNAVAILABLE,
                                 CCTV_PROBLEM_VIDEO_DOWN, "1",
                                 cctv_video_down);
}

/* End the view whose SDP answer has failed. */
static void give_up(cctv_view_t *view, cctv_ended_t reason)
{
    cctv_view_end(cctv_views(), view, reason, cctv_moment_now());
}

static bool refuse_answer(cctv_exchange_t *x, cctv_view_t *view, int *result)
{
    bool is_gone = cctv_janus_has_forgotten(&x->session, CCTV_JANUS_REFUSED)
                   || cctv_mountpoint_has_lost_offer(&x->session);

    give_up(view, is_gone ? CCTV_ENDED_GONE : CCTV_ENDED_UNANSWERED);
    *result = is_gone ? cctv_reply_problem(
                  x->r, HTTP_GONE,
                  "The video server does not know this view any "
                  "more: start a new one.")
                      : cctv_reply_problem(
                          x->r, HTTP_BAD_REQUEST,
                          apr_pstrcat(x->r->pool,
                                      "The video server does not take this "
                                      "answer, so start a new view: ",
                                      x->session.reason, NULL));
    return false;
}

static int answer_twice(request_rec *r)
{
    return cctv_reply_problem(r, HTTP_CONFLICT,
                              "This view has its answer already.");
}

/* The viewer has taken the offer and plays nothing: the view ends, and nothing
 * was watched. */
static int refuse_codec(request_rec *r, cctv_view_t *view)
{
    if (!cctv_view_claim_answer(cctv_views(), view)) {
        return answer_twice(r);
    }
    give_up(view, CCTV_ENDED_UNANSWERED);
    return cctv_admission_refuse_codecs(r, CCTV_CODEC_BIT(view->codec));
}

uint16_t cctv_sdp_ice_of(cctv_slice_t ufrag)
{
    uint16_t hash = (uint16_t)cctv_keyed_hash(ufrag.at, ufrag.len);

    return hash == 0 ? 1 : hash;
}

void cctv_sdp_note_answered(cctv_view_t *view, const cctv_sdp_peer_t *viewer)
{
    cctv_views_t *shared = cctv_views();
    cctv_moment_t now = cctv_moment_now();

    /* With several users none of them means a restart. */
    cctv_view_table_note_ice(&shared->table, view,
                             viewer->transport.is_only_ufrag
                                 ? cctv_sdp_ice_of(viewer->transport.ufrag)
                                 : 0);
    cctv_view_answer(shared, view, now);
    cctv_view_beat(shared, view, now);
    cctv_histogram_observe(&cctv_video_memory()->answers,
                           now.time - view->started);
}

/* The answer for Janus. Its offer is not stored, but the viewer's answer names
 * what was offered: our offers have one section and one format for video. The
 * mountpoints of cameras call the section "v". */
static const char *write_answer(apr_pool_t *pool, const cctv_sdp_peer_t *peer)
{
    cctv_slice_t mid = peer->mid.at == NULL ? cctv_slice("v") : peer->mid;

    return cctv_sdp_answer_for_janus(pool, peer, mid,
                                     peer->format.payload_type, true);
}

static bool tell_janus(cctv_exchange_t *x, cctv_view_t *view,
                       const cctv_sdp_peer_t *peer, int *result)
{
    const char *sdp = write_answer(x->r->pool, peer);
    cctv_janus_status_t status;

    if (!cctv_view_claim_answer(cctv_views(), view)) {
        cctv_exchange_leave(x);
        *result = answer_twice(x->r);
        return false;
    }
    x->session.id = view->janus;
    x->session.handle = view->handle;
    status = cctv_mountpoint_answer(&x->session, sdp);
    cctv_exchange_end(x, status);
    if (status == CCTV_JANUS_REFUSED
        && x->session.code != CCTV_JANUS_WRONG_SECRET) {
        return refuse_answer(x, view, result);
    }
    if (status != CCTV_JANUS_OK) {
        cctv_exchange_log_down(x, status);
        give_up(view, CCTV_ENDED_GONE);
        *result = answer_down(x->r);
        return false;
    }
    cctv_sdp_note_answered(view, peer);
    return true;
}

bool cctv_sdp_answer(request_rec *r, cctv_view_t *view, const char *sdp,
                     size_t len, int *result)
{
    cctv_exchange_t x = { .r = r,
                          .video = cctv_video(),
                          .server = cctv_servers_find(&cctv_video()->servers,
                                                      view->server) };
    cctv_sdp_fault_t fault;
    cctv_sdp_peer_t peer;

    if (len > CCTV_SDP_ANSWER_MAX) {
        *result = cctv_reply_problem(r, HTTP_REQUEST_ENTITY_TOO_LARGE,
                                     "An SDP answer has at most 16384 bytes.");
        return false;
    }
    fault = cctv_sdp_answer_read(sdp, len, view->codec, -1, &peer);
    if (fault != CCTV_SDP_OK && fault != CCTV_SDP_REJECTED) {
        *result = cctv_admission_sdp_fault(r, fault);
        return false;
    }
    if (view->is_gone || x.server == NULL) {
        give_up(view, CCTV_ENDED_GONE);
        *result = cctv_reply_problem(r, HTTP_GONE,
                                     "The video server does not know this "
                                     "view any more: start a new one.");
        return false;
    }
    if (view->answered >= 0) {
        *result = answer_twice(r);
        return false;
    }
    if (fault == CCTV_SDP_REJECTED) {
        *result = refuse_codec(r, view);
        return false;
    }
    if (!cctv_exchange_begin(&x)) {
        *result = answer_down(r);
        return false;
    }
    return tell_janus(&x, view, &peer, result);
}
