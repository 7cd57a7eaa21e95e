/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_admission.c
 * @brief Admission: whether a user may watch a camera, and the start of a
 *        view, for all transports.
 * Layer: httpd.
 */
#include "views/mod_admission.h"

#include "cameras/mod_access.h"
#include "cameras/mod_catalogue.h"
#include "cameras/mod_handler.h"
#include "cameras/mod_source.h"
#include "geoip/mod_lookup.h"
#include "http/mod_reply.h"
#include "memory/mod_part.h"
#include "sdp/offer.h"
#include "views/mod_event_log.h"
#include "views/mod_notes.h"
#include "views/mod_part.h"
#include "views/agent.h"
#include "views/mod_denial.h"
#include "views/mod_settings.h"

#include "apr_strings.h"

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

/* All that is kept of a viewer, which takes longer. */
static void describe_viewer(request_rec *r, cctv_viewer_t *viewer)
{
    const cctv_transport_ops_t *transport = cctv_transport(viewer->transport);
    const apr_table_t *headers = r->headers_in;
    cctv_agent_t agent = cctv_agent_classify(
        apr_table_get(headers, "User-Agent"),
        apr_table_get(headers, "Sec-CH-UA"),
        apr_table_get(headers, "Sec-CH-UA-Platform"));

    viewer->browser = (uint8_t)agent.browser;
    viewer->os = (uint8_t)agent.os;
    viewer->country = cctv_geoip_lookup(r);
    identify_viewer(r, viewer);
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
    return cctv_reply_problem_of(
        r, HTTP_UNPROCESSABLE_ENTITY, CCTV_PROBLEM_CODEC, NULL,
        apr_pstrcat(r->pool,
                    "This player does not play the video of the camera: it "
                    "has to play ",
                    names, ".", NULL));
}

static bool choose_stream(request_rec *r, const cctv_streams_t *streams,
                          cctv_viewer_t *viewer, int *result)
{
    cctv_stream_t stream;

    if (cctv_streams_codecs(streams) == 0) {
        *result = cctv_reply_problem(r, HTTP_CONFLICT,
                                     "The video of this camera cannot be "
                                     "shown in a browser: it is not "
                                     "playable.");
        return false;
    }
    if (!cctv_streams_choose(streams, viewer->codecs, &stream)) {
        *result = cctv_admission_refuse_codecs(r,
                                               cctv_streams_codecs(streams));
        return false;
    }
    viewer->codec = stream.codec;
    viewer->is_second = stream.is_second;
    return true;
}

static void note_role(request_rec *r, cctv_viewer_t *viewer, cctv_text_t role)
{
    viewer->role = cctv_keyed_hash(role.text, role.len);
    if (cctv_event_log() != NULL) {
        viewer->role_name = apr_pstrmemdup(r->pool, role.text, role.len);
    }
}

/* Look up a camera in the catalogue. @return DECLINED: there is none */
static int look_in_catalogue(request_rec *r, const cctv_filter_t *filter,
                             cctv_viewer_t *viewer, cctv_streams_t *streams)
{
    const cctv_cameras_catalogue_t *catalogue = cctv_cameras_catalogue();
    cctv_text_t role;
    int result = catalogue == NULL ? DECLINED
                                   : catalogue->look(r, filter, viewer->camera,
                                                     &role, streams);

    if (result == OK) {
        note_role(r, viewer, role);
    }
    return result;
}

/* Look up a camera in the database. @return OK, HTTP_NOT_FOUND, or a status as
 *  from cctv_source_item() */
static int look_in_database(request_rec *r, const cctv_filter_t *filter,
                            cctv_viewer_t *viewer, cctv_streams_t *streams)
{
    cctv_camera_t camera;
    cctv_page_t page;
    int result = cctv_source_item(r, filter, viewer->camera, &page);

    if (result != OK) {
        return result;
    }
    if (page.count == 0) {
        result = HTTP_NOT_FOUND;
    }
    else {
        cctv_source_camera(&page, 0, &camera);
        note_role(r, viewer, camera.role);
        *streams = camera.streams;
    }
    cctv_source_free(&page);
    return result;
}

static bool look_up_camera(request_rec *r, int32_t id, cctv_viewer_t *viewer,
                           int *result)
{
    cctv_filter_t filter = { .roles = cctv_access_roles(r) };
    cctv_streams_t streams;

    if (id == 0 || (filter.roles != NULL && filter.roles->nelts == 0)) {
        *result = cctv_cameras_not_here(r);
        return false;
    }
    *result = look_in_catalogue(r, &filter, viewer, &streams);
    if (*result == DECLINED) {
        *result = look_in_database(r, &filter, viewer, &streams);
    }
    if (*result != OK) {
        *result = *result == HTTP_NOT_FOUND
                      ? cctv_cameras_not_here(r)
                      : cctv_cameras_no_answer(r, *result);
        return false;
    }
    return choose_stream(r, &streams, viewer, result);
}

bool cctv_admission_camera(request_rec *r, int32_t id, cctv_viewer_t *viewer,
                           int *result)
{
    viewer->camera = id;
    cctv_notes_camera(r, id);
    if (!look_up_camera(r, id, viewer, result)) {
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
        if (transport != NULL) {
            transport->roll_back(viewer);
        }
        cctv_view_cancel(shared, view, cctv_moment_now());
        *result = answer_refused(r, CCTV_VIEW_FULL);
        return false;
    }
    cctv_notes_view(r, view);
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
