/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_signalling.c
 * @brief Starts a view with video: the offer from Janus, or the answer of a
 *        request that gets none.
 * Layer: httpd.
 */
#include "video/mod_signalling.h"

#include "core/mod_log.h"
#include "http/mod_reply.h"
#include "video/mod_offer.h"
#include "video/mod_part.h"
#include "views/mod_part.h"

#include "apr_strings.h"

#include <inttypes.h>

static int refuse(request_rec *r, cctv_refused_t reason, const char *type,
                  const char *seconds, const char *detail)
{
    cctv_count(&cctv_views()->head->counters.refused[reason]);
    return cctv_reply_problem_of(r, HTTP_SERVICE_UNAVAILABLE, type, seconds,
                                 detail);
}

/* The start of a view fails: this counts as refused. */
static int refuse_down(request_rec *r)
{
    return refuse(r, CCTV_REFUSED_VIDEO_DOWN, CCTV_PROBLEM_VIDEO_DOWN, "1",
                  cctv_video_down);
}

bool cctv_signalling_prepare(request_rec *r, cctv_viewer_t *viewer,
                             cctv_offer_t *out, int *result)
{
    cctv_offer_attempt_t attempt = {
        .x = { .r = r, .video = cctv_video(), .client = viewer->client },
        .camera = viewer->camera,
        .id = cctv_mountpoint_id(viewer->camera, viewer->is_second),
        .feed = { .codec = viewer->codec }
    };
    cctv_exchange_t *x = &attempt.x;
    cctv_janus_status_t status = CCTV_JANUS_OK;
    int32_t camera = viewer->camera;
    cctv_offer_outcome_t outcome;

    *out = (cctv_offer_t){ .sdp = NULL };
    if (!cctv_exchange_begin(x)) {
        *result = refuse_down(r);
        return false;
    }
    outcome = cctv_offer_get(&attempt, viewer->transport, out, &status,
                             result);
    cctv_exchange_end(x, status);
    if (outcome == CCTV_OFFER_OK
        && viewer->transport != CCTV_TRANSPORT_PROXY) {
        viewer->janus = x->session.id;
        viewer->handle = x->session.handle;
    }
    else if (x->session.id != 0) {
        cctv_discard_put(&cctv_views()->discarded, x->session.id);
    }
    switch (outcome) {
    case CCTV_OFFER_OK:
        return true;
    case CCTV_OFFER_BUSY:
        *result = refuse(r, CCTV_REFUSED_COLD, CCTV_PROBLEM_BUSY, "2",
                         "Many viewers wait for cameras to connect; try again "
                         "in a moment.");
        break;
    case CCTV_OFFER_OFFLINE:
        *result = cctv_diagnosis_answer(
            r, cctv_failures_key(camera, viewer->is_second),
            &attempt.diagnosis.failed);
        break;
    case CCTV_OFFER_FOREIGN:
        CCTV_LOG_R(APLOG_ERR, 0, r, "CCTV0050",
                   "Janus has a mountpoint %" PRId64 " that is not of "
                   "mod_cctv, so camera %d cannot be shown: remove it from "
                   "janus.plugin.streaming.jcfg",
                   attempt.id, camera);
        *result = refuse_down(r);
        break;
    case CCTV_OFFER_NO_CANDIDATES:
        *result = cctv_diagnosis_answer_no_candidates(r);
        break;
    case CCTV_OFFER_DOWN:
        cctv_exchange_log_down(x, status);
        *result = refuse_down(r);
        break;
    case CCTV_OFFER_ANSWERED:
        break;
    }
    return false;
}
