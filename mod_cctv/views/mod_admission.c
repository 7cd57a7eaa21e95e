/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_admission.c
 * @brief Admission: whether a user may watch a camera, and the start of a
 *        view, for all transports.
 * Layer: httpd.
 */
#include "views/mod_admission.h"

#include "cameras/mod_access.h"
#include "cameras/streams.h"
#include "core/mod_log.h"
#include "geoip/mod_lookup.h"
#include "http/mod_reply.h"
#include "memory/mod_part.h"
#include "sdp/offer.h"
#include "views/mod_camera.h"
#include "views/mod_event_log.h"
#include "views/mod_notes.h"
#include "views/mod_part.h"
#include "views/agent_memo.h"
#include "views/mod_denial.h"
#include "views/mod_settings.h"

#include "apr_strings.h"

#include <stdatomic.h>
#include <string.h>

/* IPv6 addresses that share this many leading bytes count as one client. */
#define IPV6_NETWORK 8

static uint64_t hash_text(const char *text)
{
    return cctv_keyed_hash(text, strlen(text));
}

uint64_t cctv_admission_user(const request_rec *r)
{
    return r->user == NULL || r->user[0] == '\0' ? 0 : hash_text(r->user);
}

const unsigned char *cctv_admission_address(const request_rec *r, size_t *len)
{
    static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
    const apr_sockaddr_t *address = r->useragent_addr;
    const unsigned char *bytes = address->ipaddr_ptr;

    *len = (size_t)address->ipaddr_len;
    if (*len == 16 && memcmp(bytes, mapped, sizeof mapped) == 0) {
        bytes += sizeof mapped;
        *len = 4;
    }
    return bytes;
}

uint64_t cctv_admission_client(const request_rec *r)
{
    size_t len;
    const unsigned char *bytes = cctv_admission_address(r, &len);

    return cctv_keyed_hash(bytes, len == 16 ? IPV6_NETWORK : len);
}

/* ---- The viewer ---- */

/* Whom a denial is about. */
static void identify_viewer(request_rec *r, cctv_viewer_t *viewer)
{
    viewer->user = cctv_admission_user(r);
    viewer->client = cctv_admission_client(r);
}

/* What else is kept of a viewer, which takes longer. */
static void describe_viewer(request_rec *r, cctv_viewer_t *viewer)
{
    const cctv_transport_ops_t *transport = cctv_transport(viewer->transport);
    const apr_table_t *headers = r->headers_in;
    cctv_agent_t agent = cctv_agent_recall(
        apr_table_get(headers, "User-Agent"),
        apr_table_get(headers, "Sec-CH-UA"),
        apr_table_get(headers, "Sec-CH-UA-Platform"));

    viewer->browser = (uint8_t)agent.browser;
    viewer->os = (uint8_t)agent.os;
    viewer->country = cctv_geoip_lookup(r);
    viewer->timeout =
        (uint32_t)(cctv_views_settings(r->server)->session_timeout / 1000);
    viewer->max_per_client = (uint32_t)cctv_views_settings(r->server)
                                 ->max_per_client;
    if (transport != NULL) {
        viewer->max_viewers = transport->max_viewers;
        viewer->max_per_camera = transport->max_per_camera;
    }
}

/* ---- Refusals ---- */

static const char refused_note[] = "cctv_refused";

void cctv_admission_count_refused(request_rec *r, cctv_refused_t reason)
{
    cctv_count(&cctv_views()->head->counters.refused[reason]);
    apr_table_setn(r->notes, refused_note, cctv_refused_labels[reason]);
}

/* @return the reason of a refusal that is not counted */
static const char *reason_of(int status)
{
    switch (status) {
    case HTTP_NOT_FOUND:
        return "not_visible";
    case HTTP_CONFLICT:
        return "not_playable";
    case HTTP_UNPROCESSABLE_ENTITY:
        return "codec";
    default:
        return "unavailable";
    }
}

/* Tell the event logs that a view could not start.
 * @param reason  NULL: it has been counted, or follows from the answer */
static void tell_refused(request_rec *r, cctv_viewer_t *viewer,
                         const char *reason, int result)
{
    const cctv_event_log_ops_t *log = cctv_event_log();

    if (log == NULL || r->method_number != M_POST) {
        return;
    }
    if (reason == NULL) {
        reason = apr_table_get(r->notes, refused_note);
    }
    if (reason == NULL) {
        reason = reason_of(result == OK ? r->status : result);
    }
    describe_viewer(r, viewer);
    log->refused(r, viewer, reason);
}

/* ---- Whether a camera may be watched ---- */

int cctv_admission_sdp_fault(request_rec *r, cctv_sdp_fault_t fault)
{
    return cctv_reply_problem(
        r, HTTP_BAD_REQUEST,
        apr_pstrcat(r->pool, cctv_sdp_sentence(fault), ".", NULL));
}

bool cctv_admission_offer(request_rec *r, const char *text, size_t len,
                          cctv_offer_t *offer, cctv_viewer_t *viewer,
                          int *result)
{
    cctv_sdp_fault_t fault;

    if (text == NULL) {
        return true;
    }
    offer->from_viewer = apr_palloc(r->pool, sizeof *offer->from_viewer);
    fault = cctv_sdp_offer_read(text, len, offer->from_viewer);
    viewer->codecs = offer->from_viewer->codecs;
    if (fault != CCTV_SDP_OK && !cctv_sdp_fault_is_of_codec(fault)) {
        *result = cctv_admission_sdp_fault(r, fault);
        return false;
    }
    return true;
}

int cctv_admission_refuse_codecs(request_rec *r, unsigned codecs)
{
    const char *names = NULL;
    int codec;

    for (codec = 1; codec < CCTV_CODEC_COUNT; codec++) {
        if (codecs & CCTV_CODEC_BIT(codec)) {
            const char *label = cctv_format((cctv_codec_t)codec)->label;

            names = names == NULL
                        ? label
                        : apr_pstrcat(r->pool, names, " or ", label, NULL);
        }
    }
    if (codecs & CCTV_HLS_BIT) {
        names = names == NULL ? "HLS"
                              : apr_pstrcat(r->pool, names, " or HLS", NULL);
    }
    return cctv_reply_problem_of(
        r, HTTP_UNPROCESSABLE_ENTITY, CCTV_PROBLEM_CODEC, NULL,
        apr_pstrcat(r->pool,
                    "This player does not play the video of the camera: it "
                    "has to play ",
                    names, ".", NULL));
}

bool cctv_admission_camera(request_rec *r, int32_t id, cctv_viewer_t *viewer,
                           int *result)
{
    viewer->camera = id;
    cctv_notes_camera(r, id);
    if (!cctv_view_camera(r, id, viewer, result)) {
        tell_refused(r, viewer, NULL, *result);
        return false;
    }
    return true;
}

bool cctv_admission_may_see(request_rec *r, uint64_t role)
{
    const apr_array_header_t *roles = cctv_access_roles(r);
    int i;

    for (i = 0; roles != NULL && i < roles->nelts; i++) {
        if (hash_text(APR_ARRAY_IDX(roles, i, const char *)) == role) {
            return true;
        }
    }
    return roles == NULL;
}

/* ---- The start ---- */

static int answer_refused(request_rec *r, cctv_view_status_t status)
{
    switch (status) {
    case CCTV_VIEW_CLIENT_FULL:
        return cctv_reply_problem(r, HTTP_TOO_MANY_REQUESTS,
                                  "There are too many views from this "
                                  "address already: end one first.");
    case CCTV_VIEW_BUSY:
        return cctv_reply_problem_of(
            r, HTTP_SERVICE_UNAVAILABLE, CCTV_PROBLEM_BUSY, "5",
            "There are as many viewers as the server takes: try again in some "
            "seconds.");
    case CCTV_VIEW_CAMERA_BUSY:
        return cctv_reply_problem_of(
            r, HTTP_SERVICE_UNAVAILABLE, CCTV_PROBLEM_BUSY, "5",
            "This camera has as many viewers as it may: try again in some "
            "seconds.");
    default:
        return cctv_reply_problem(r, HTTP_SERVICE_UNAVAILABLE,
                                  "There are as many views as the server "
                                  "takes: try again in a moment.");
    }
}

static const cctv_refused_t refused_reasons[] = {
    [CCTV_VIEW_FULL] = CCTV_REFUSED_FULL,
    [CCTV_VIEW_CLIENT_FULL] = CCTV_REFUSED_CLIENT_FULL,
    [CCTV_VIEW_BUSY] = CCTV_REFUSED_VIEWERS,
    [CCTV_VIEW_CAMERA_BUSY] = CCTV_REFUSED_CAMERA_VIEWERS,
};

/* Reserve the places of a view, and note who starts it. */
static bool reserve(request_rec *r, cctv_viewer_t *viewer, cctv_view_t *view,
                    int *result)
{
    const cctv_event_log_ops_t *log = cctv_event_log();
    cctv_view_status_t status;

    describe_viewer(r, viewer);
    status = cctv_view_reserve(cctv_views(), viewer, cctv_moment_now(), view);
    if (status != CCTV_VIEW_STARTED) {
        *result = answer_refused(r, status);
        tell_refused(r, viewer, cctv_refused_labels[refused_reasons[status]],
                     *result);
        return false;
    }
    if (log != NULL) {
        log->describe(r, viewer, view);
    }
    return true;
}

/* A view without random bytes for its id does not start. */
static void give_up(request_rec *r, cctv_viewer_t *viewer,
                    const cctv_view_t *view, int *result)
{
    static atomic_flag is_told = ATOMIC_FLAG_INIT;
    const cctv_transport_ops_t *transport = cctv_transport(viewer->transport);

    if (!atomic_flag_test_and_set(&is_told)) {
        CCTV_LOG_R(APLOG_ERR, APR_EGENERAL, r, "CCTV0240",
                   "the kernel gives no random bytes, so no view can start");
    }
    if (transport != NULL && transport->roll_back != NULL) {
        transport->roll_back(viewer);
    }
    cctv_view_cancel(cctv_views(), view, cctv_moment_now());
    *result = cctv_reply_problem(r, HTTP_SERVICE_UNAVAILABLE,
                                 "The server cannot make an id for this view: "
                                 "try again in a moment.");
    tell_refused(r, viewer, NULL, *result);
}

bool cctv_admission_begin(request_rec *r, cctv_viewer_t *viewer,
                          cctv_view_t *view, cctv_offer_t *offer, int *result)
{
    const cctv_transport_ops_t *transport = cctv_transport(viewer->transport);
    cctv_views_t *shared = cctv_views();

    identify_viewer(r, viewer);
    if (cctv_denial_refuses(r, viewer, result)
        || (transport != NULL && transport->is_promising != NULL
            && !transport->is_promising(r, viewer, result))) {
        tell_refused(r, viewer, NULL, *result);
        return false;
    }
    if (!reserve(r, viewer, view, result)) {
        return false;
    }
    if (transport != NULL && !transport->prepare(r, viewer, offer, result)) {
        cctv_view_cancel(shared, view, cctv_moment_now());
        tell_refused(r, viewer, NULL, *result);
        return false;
    }
    if (!cctv_view_publish(shared, viewer, cctv_moment_now(), view)) {
        give_up(r, viewer, view, result);
        return false;
    }
    cctv_notes_started(r, view);
    if (transport != NULL && transport->published != NULL) {
        transport->published(view, offer);
    }
    cctv_denial_note_viewer(r, view);
    /* The view may have been denied after the first look, and while the operator
     * looked for views to end it was not among them. */
    return !cctv_denial_has_hit(r, viewer, view, result);
}

int cctv_admission_sent(const cctv_view_t *view, int result)
{
    if (result == HTTP_INTERNAL_SERVER_ERROR) {
        cctv_view_end(cctv_views(), view, CCTV_ENDED_ENDED, cctv_moment_now());
    }
    return result;
}
