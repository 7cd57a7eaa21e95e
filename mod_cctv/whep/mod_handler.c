/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.c
 * @brief WHEP (draft-ietf-wish-whep) for any player: the player makes the SDP
 *        offer, or the server does.
 * Layer: httpd.
 */
#include "whep/mod_handler.h"

#include "cameras/mod_handler.h"
#include "cameras/streams.h"
#include "http/mod_body.h"
#include "http/mod_cors.h"
#include "http/mod_mask.h"
#include "http/mod_path.h"
#include "http/mod_reply.h"
#include "http/segments.h"
#include "sdp/sections.h"
#include "views/mod_part.h"
#include "video/mod_lifecycle.h"
#include "video/mod_ice.h"
#include "video/mod_sdp_answer.h"
#include "views/mod_admission.h"
#include "views/mod_denial.h"
#include "views/mod_node.h"
#include "views/mod_notes.h"
#include "views/view_id.h"

#include "apr_strings.h"
#include "http_protocol.h"

#include <string.h>

#define SDP  "application/sdp"
#define FRAG "application/trickle-ice-sdpfrag"

static bool is_of_type(request_rec *r, const char *type)
{
    const char *found = apr_table_get(r->headers_in, "Content-Type");
    size_t end = found == NULL ? 0 : strcspn(found, "; \t");

    return end == strlen(type) && strncasecmp(found, type, end) == 0;
}

/* Read the body, which is SDP or empty.
 * @return NULL: the request has been answered */
static const char *read_sdp(request_rec *r, size_t max, size_t *len,
                            int *result)
{
    const char *text = cctv_body_read(r, max, len, result);

    if (text != NULL && *len > 0 && !is_of_type(r, SDP)) {
        *result = cctv_reply_problem(r, HTTP_UNSUPPORTED_MEDIA_TYPE,
                                     "The body has to be SDP, sent as " SDP
                                     ".");
        return NULL;
    }
    return text;
}

/* ---- The start ---- */

/* The type of our offer. It is valid until its view ends, which it does at its
 * timeout if it is not answered. */
static const char *type_of_offer(request_rec *r, const cctv_view_t *view)
{
    char date[APR_RFC822_DATE_LEN];

    apr_rfc822_date(date, apr_time_now() + apr_time_from_msec(view->timeout));
    return apr_pstrcat(r->pool, SDP "; valid-until=\"", date, "\"", NULL);
}

/* The address of a view, relative to that of the request as the client knows
 * it: a proxy may have removed a prefix, and httpd may have rewritten the
 * path. With CCTVRoute a load balancer finds this server by the query. */
static const char *location_of(request_rec *r, const char *id)
{
    const char *node = cctv_node_name(r->server);
    const request_rec *first = r;
    const char *path;

    while (first->prev != NULL) {
        first = first->prev;
    }
    path = ap_os_escape_path(
        r->pool,
        cctv_segments_relative(
            r->pool,
            first->parsed_uri.path == NULL ? r->uri : first->parsed_uri.path,
            apr_pstrcat(r->pool, r->uri, "/", cctv_node_add(r, id), NULL)),
        0);
    return node == NULL ? path
                        : apr_pstrcat(r->pool, path, "?route=", node, NULL);
}

/* With the player's offer the SDP is our answer, otherwise our offer. */
static int send_sdp(request_rec *r, const cctv_view_t *view,
                    const cctv_offer_t *made)
{
    char id[CCTV_VIEW_ID_LENGTH + 1];
    bool is_answer = made->from_viewer != NULL;

    cctv_view_id(view, id);
    apr_table_setn(r->headers_out, "Location", location_of(r, id));
    apr_table_setn(r->headers_out, "Accept-Patch", is_answer ? FRAG : SDP);
    if (!cctv_ice_add_links(r, cctv_ice_servers(id))) {
        return cctv_reply_json(r, HTTP_INTERNAL_SERVER_ERROR, NULL);
    }
    return is_answer ? cctv_reply_text(r, HTTP_CREATED, SDP, made->sdp)
                     : cctv_reply_text(r, HTTP_NOT_ACCEPTABLE,
                                       type_of_offer(r, view), made->sdp);
}

static int start_view(request_rec *r, int32_t camera)
{
    cctv_viewer_t viewer = { .transport = CCTV_TRANSPORT_WHEP,
                             .codecs = CCTV_CODECS_OF_BROWSERS };
    cctv_offer_t made = { .sdp = NULL };
    cctv_view_t view;
    const char *text;
    size_t len;
    int result;

    text = read_sdp(r, CCTV_SDP_MAX_BYTES, &len, &result);
    if (text == NULL) {
        return result;
    }
    if (!cctv_admission_offer(r, len == 0 ? NULL : text, len, &made, &viewer,
                              &result)
        || !cctv_admission_camera(r, camera, &viewer, &result)
        || !cctv_admission_begin(r, &viewer, &view, &made, &result)) {
        return result;
    }
    return cctv_admission_sent(&view, send_sdp(r, &view, &made));
}

/* ---- The answer and the end ---- */

static bool find_view(request_rec *r, int32_t camera, const char *id,
                      cctv_view_t *view)
{
    if (!cctv_view_find(cctv_views(), id, cctv_admission_user(r),
                        cctv_moment_now(), view)
        || view->transport != CCTV_TRANSPORT_WHEP || view->camera != camera) {
        return false;
    }
    cctv_notes_view(r, view);
    return true;
}

/* A view whose user no longer has the role of the camera ends. Any PATCH is a
 * chance to notice this, so it comes before the body is looked at. */
static bool find_allowed_view(request_rec *r, int32_t camera, const char *id,
                              cctv_view_t *view)
{
    if (!find_view(r, camera, id, view)) {
        return false;
    }
    if (!cctv_admission_may_see(r, view->role)) {
        cctv_view_end(cctv_views(), view, CCTV_ENDED_DENIED,
                      cctv_moment_now());
        return false;
    }
    return true;
}

static int answer_missing(request_rec *r, const char *id)
{
    return cctv_denial_answer_missing(
        r, id, "This view has ended or never was: POST for a new one.");
}

/* @return whether a text consists of lines as SDP has them */
static bool is_fragment(const char *text, size_t len)
{
    cctv_slice_t rest = { text, len };
    cctv_slice_t line;

    while (cctv_sdp_next_line(&rest, &line)) {
        if (line.len < 3 || line.at[1] != '=') {
            return false;
        }
    }
    return len > 0;
}

/* @return whether a fragment names a user of ICE, and not the one of the
 *         view: then the player wants to restart ICE */
static bool is_restart(const cctv_view_t *view, const char *text, size_t len)
{
    cctv_slice_t rest = { text, len };
    cctv_slice_t ufrag;
    bool has_any = false;

    while (cctv_sdp_next_attribute(&rest, "ice-ufrag", &ufrag)) {
        if (cctv_sdp_ice_of(ufrag) == view->ice) {
            return false;
        }
        has_any = true;
    }
    return has_any && view->ice != 0;
}

/* Janus needs no candidates of the viewer, which may be aimed at other
 * machines, so they are ignored. Since there are no entity tags, only
 * "If-Match: *" matches (RFC 9110). */
static int take_fragment(request_rec *r, const cctv_view_t *view)
{
    const char *tag = apr_table_get(r->headers_in, "If-Match");
    const char *text;
    size_t len;
    int result;

    if (tag != NULL && strcmp(tag, "*") != 0) {
        return cctv_reply_problem(r, HTTP_PRECONDITION_FAILED,
                                  "A view has no entity tag: leave If-Match "
                                  "out, or send *.");
    }
    text = cctv_body_read(r, CCTV_SDP_ANSWER_MAX, &len, &result);
    if (text == NULL) {
        return result;
    }
    if (!is_fragment(text, len)) {
        return cctv_reply_problem(r, HTTP_BAD_REQUEST,
                                  "The body has to be a fragment of SDP: "
                                  "lines that are a letter, = and something.");
    }
    return is_restart(view, text, len)
               ? cctv_reply_problem(r, HTTP_UNPROCESSABLE_ENTITY,
                                    "ICE cannot be restarted here: this view "
                                    "goes on as it is; POST for a new one.")
               : cctv_reply_empty(r, HTTP_NO_CONTENT);
}

static int patch_view(request_rec *r, int32_t camera, const char *id)
{
    cctv_view_t view;
    const char *sdp;
    size_t len;
    int result;

    if (!find_allowed_view(r, camera, id, &view)) {
        return answer_missing(r, id);
    }
    if (is_of_type(r, FRAG)) {
        return take_fragment(r, &view);
    }
    sdp = read_sdp(r, CCTV_SDP_ANSWER_MAX, &len, &result);
    if (sdp == NULL) {
        return result;
    }
    return cctv_sdp_answer(r, &view, sdp, len, &result)
               ? cctv_reply_empty(r, HTTP_NO_CONTENT)
               : result;
}

static int end_view(request_rec *r, int32_t camera, const char *id)
{
    cctv_view_t view;

    while (find_view(r, camera, id, &view)
           && !cctv_view_end(cctv_views(), &view, CCTV_ENDED_ENDED,
                             cctv_moment_now())) {
    }
    return cctv_reply_empty(r, HTTP_OK);
}

/* ---- Requests that change nothing ---- */

/* @return whether a browser asks what a page of another origin may do. It sends
 *         no login then, so the answer has no login of a TURN server. */
static bool is_preflight(const request_rec *r)
{
    return apr_table_get(r->headers_in, "Access-Control-Request-Method")
           != NULL;
}

static int refuse_method(request_rec *r, const char *methods)
{
    apr_table_setn(r->headers_out, "Allow", methods);
    return r->method_number == M_OPTIONS
               ? cctv_reply_empty(r, HTTP_NO_CONTENT)
               : cctv_reply_problem(
                   r, HTTP_METHOD_NOT_ALLOWED,
                   apr_pstrcat(r->pool, "This allows other methods: ", methods,
                               ".", NULL));
}

/* @return whether the user may watch a camera with some player: it is not known
 *         yet which codecs the player plays. If not, the request has been
 *         answered */
static bool may_watch(request_rec *r, int32_t camera, int *result)
{
    cctv_viewer_t viewer = { .codecs = ~CCTV_HLS_BIT };

    return cctv_admission_camera(r, camera, &viewer, result);
}

/* Some players ask for the ICE servers before they make the offer. */
static int answer_options(request_rec *r, int32_t camera, const char *methods)
{
    int result;

    if (!is_preflight(r) && cctv_video()->settings.turn_servers != NULL) {
        if (!may_watch(r, camera, &result)) {
            return result;
        }
        if (!cctv_ice_add_links(r, cctv_ice_servers_of_client(r))) {
            return cctv_reply_json(r, HTTP_INTERNAL_SERVER_ERROR, NULL);
        }
        apr_table_setn(r->headers_out, "Cache-Control", "no-store");
    }
    return refuse_method(r, methods);
}

/* The draft wants no content in the answer to GET. By its type a player learns
 * that this URL is for WHEP. */
static int describe_endpoint(request_rec *r, int32_t camera)
{
    int result;

    if (!may_watch(r, camera, &result)) {
        return result;
    }
    apr_table_setn(r->headers_out, "Cache-Control", "no-store");
    ap_set_content_type(r, SDP);
    return cctv_reply_empty(r, HTTP_OK);
}

/* ---- Requests by path ---- */

/* Answer a request for the path 42/<view>. */
static int resource(request_rec *r, int32_t camera, const char *id)
{
    cctv_view_t view;
    int result;

    cctv_mask_late(r);
    switch (r->method_number) {
    case M_GET:
        return find_view(r, camera, id, &view)
                   ? cctv_reply_empty(r, HTTP_NO_CONTENT)
                   : answer_missing(r, id);
    case M_PATCH:
        return cctv_cors_is_trusted(r, &result) ? patch_view(r, camera, id)
                                                : result;
    case M_DELETE:
        return cctv_cors_is_trusted(r, &result) ? end_view(r, camera, id)
                                                : result;
    default:
        return refuse_method(r, "GET, HEAD, PATCH, DELETE, OPTIONS");
    }
}

/* Answer a request for the path 42. */
static int endpoint(request_rec *r, int32_t camera)
{
    static const char methods[] = "GET, HEAD, POST, OPTIONS";
    int result;

    apr_table_setn(r->headers_out, "Accept-Post", SDP);
    switch (r->method_number) {
    case M_GET:
        return describe_endpoint(r, camera);
    case M_POST:
        return cctv_cors_is_trusted(r, &result) ? start_view(r, camera)
                                                : result;
    case M_OPTIONS:
        return answer_options(r, camera, methods);
    default:
        return refuse_method(r, methods);
    }
}

int cctv_whep_handler(request_rec *r)
{
    const char *path = cctv_path_below(r, "cctv-whep");
    const char *slash = path == NULL ? NULL : strchr(path, '/');
    const char *camera = slash == NULL
                             ? path
                             : apr_pstrmemdup(r->pool, path,
                                              (apr_size_t)(slash - path));
    int number = 0;

    cctv_cors_apply(r, slash == NULL ? M_POST : M_PATCH);
    if (camera == NULL || cctv_video() == NULL
        || !cctv_path_parse_id(camera, &number)) {
        return cctv_cameras_not_here(r);
    }
    return slash == NULL ? endpoint(r, number)
                         : resource(r, number, cctv_node_remove(r, slash + 1));
}
