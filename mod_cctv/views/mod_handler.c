/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.c
 * @brief Handlers of the POST requests that start a view, send its heartbeats
 *        and end it.
 * Layer: httpd.
 */
#include "views/mod_handler.h"

#include "cameras/streams.h"
#include "http/mod_body.h"
#include "http/mod_reply.h"
#include "json/plain.h"
#include "metrics/output.h"
#include "views/mod_part.h"
#include "views/mod_admission.h"
#include "views/mod_denial.h"
#include "views/mod_node.h"
#include "views/mod_notes.h"
#include "views/mod_post.h"
#include "views/mod_stats.h"
#include "views/view_id.h"
#include "views/view_media.h"

#include "apr_strings.h"

#include <limits.h>
#include <string.h>
#include <strings.h>

/* The longest body of a request: bytes. With video, that of a start has room
 * for an SDP offer. */
#define BODY_MAX     4096
#define BODY_MAX_SDP 20480

/* ---- Start ---- */

/* What the client asks for. */
typedef struct {
    int32_t camera; /* 0: an integer that is not a camera id */
    cctv_transport_t transport;
    const char *sdp; /* the client's offer, in the body; NULL: there is none */
    unsigned codecs; /* that it plays, unless it makes the offer */
} wish_t;

/* Read ["h264", "hls"]: the names of codecs in RTP, letters of either case, and
 * hls for a viewer that plays HLS by itself.
 * Browsers also name rtx, red and other formats that are no video.
 * @param list    NULL: *codecs stays as it is
 * @return false: this is no list of names */
static bool parse_codecs(const json_t *list, unsigned *codecs)
{
    const json_t *name;
    size_t i;

    if (list == NULL) {
        return true;
    }
    *codecs = 0;
    json_array_foreach(list, i, name)
    {
        if (!json_is_string(name)) {
            return false;
        }
        *codecs |= strcasecmp(json_string_value(name), "hls") == 0
                       ? CCTV_HLS_BIT
                       : CCTV_CODEC_BIT(cctv_codec_of_rtp(
                           cctv_slice(json_string_value(name))));
    }
    return json_is_array(list);
}

static bool has_video(void)
{
    return cctv_transport(CCTV_TRANSPORT_SERVER) != NULL;
}

/* What a client asks for that names only a camera. */
static wish_t wish_of(json_int_t camera)
{
    return (wish_t){
        .camera = camera > 0 && camera <= INT32_MAX ? (int32_t)camera : 0,
        .transport = has_video() ? CCTV_TRANSPORT_SERVER : CCTV_TRANSPORT_NONE,
        .codecs = CCTV_CODECS_OF_BROWSERS | CCTV_HLS_BIT
    };
}

/* Read "transport": "still", which asks for still pictures in place of video.
 * @return NULL, or a sentence that says what is wrong */
static const char *parse_transport(const json_t *body, wish_t *wish)
{
    const json_t *value = json_object_get(body, "transport");

    if (value == NULL) {
        return NULL;
    }
    if (!json_is_string(value)
        || strcmp(json_string_value(value), "still") != 0) {
        return "\"transport\" has to be \"still\", or left out.";
    }
    if (wish->sdp != NULL || json_object_get(body, "signalling") != NULL) {
        return "With \"transport\": \"still\" there is no video: leave "
               "\"sdp\" and \"signalling\" out.";
    }
    wish->transport = CCTV_TRANSPORT_STILL;
    return NULL;
}

/* Read {"camera_id": 42}. With "sdp" the client makes the SDP offer, otherwise
 * "codecs" names what it plays; "signalling": "janus" asks for the proxy
 * transport.
 * @return NULL, or a sentence that says what is wrong */
static const char *parse_start(const json_t *body, wish_t *wish)
{
    const json_t *value = json_object_get(body, "camera_id");
    const json_t *signalling = json_object_get(body, "signalling");
    const json_t *sdp = json_object_get(body, "sdp");

    *wish = wish_of(json_integer_value(value));
    wish->sdp = json_string_value(sdp);
    if (!json_is_integer(value)) {
        return "The body has to be {\"camera_id\": number}, the number whole.";
    }
    if (sdp != NULL && (wish->sdp == NULL || signalling != NULL)) {
        return "\"sdp\" has to be text, and \"signalling\" left out then.";
    }
    if (!parse_codecs(json_object_get(body, "codecs"), &wish->codecs)) {
        return "\"codecs\" has to be a list of names such as [\"h264\", "
               "\"h265\"], or left out.";
    }
    if (signalling == NULL || json_object_get(body, "transport") != NULL) {
        return parse_transport(body, wish);
    }
    if (!json_is_string(signalling)
        || strcmp(json_string_value(signalling), "janus") != 0) {
        return "\"signalling\" has to be \"janus\", or left out.";
    }
    if (cctv_transport(CCTV_TRANSPORT_PROXY) == NULL) {
        return "\"signalling\": \"janus\" is not offered here: leave it out.";
    }
    wish->transport = CCTV_TRANSPORT_PROXY;
    wish->codecs &= ~CCTV_HLS_BIT;
    return NULL;
}

/* The last viewer count does not include the new view yet. */
static uint32_t viewers_with(const cctv_view_t *view)
{
    return cctv_viewer_counts_of(&cctv_views()->counts, view->camera) + 1;
}

static int send_offer(request_rec *r, const cctv_view_t *view,
                      const cctv_offer_t *offer)
{
    char id[CCTV_VIEW_ID_LENGTH + 1];
    int timeout = (int)(view->timeout / 1000);
    json_t *body;

    cctv_view_id(view, id);
    body = json_pack(
        "{s:s, s:i, s:i, s:i, s:i}", "session_id", cctv_node_add(r, id),
        "camera_id", view->camera, "heartbeat_seconds", timeout / CCTV_BEATS,
        "timeout_seconds", timeout, "viewers", (int)viewers_with(view));
    cctv_transport(view->transport)->add_members(view, id, offer, &body);
    return cctv_reply_json(r, HTTP_CREATED, body);
}

/* @return the member of a view of still pictures: how many watch the camera */
static const char *viewers_member(request_rec *r, const cctv_view_t *view)
{
    return view->transport == CCTV_TRANSPORT_STILL
               ? apr_psprintf(r->pool, ",\"viewers\":%u", viewers_with(view))
               : "";
}

/* The text is put together without jansson, which is slow. No value in it has to
 * be escaped, and all fit into a line. */
static int send_started(request_rec *r, const cctv_view_t *view)
{
    char id[CCTV_VIEW_ID_LENGTH + 1];
    char text[CCTV_OUTPUT_LINE];
    char *at = CCTV_OUTPUT_PUT(text, "{\"session_id\":\"");
    uint32_t timeout = view->timeout / 1000;

    cctv_view_id(view, id);
    at = stpcpy(at, cctv_node_add(r, id));
    at = CCTV_OUTPUT_PUT(at, "\",\"camera_id\":");
    at = cctv_output_put_number(at, (uint32_t)view->camera);
    at = CCTV_OUTPUT_PUT(at, ",\"heartbeat_seconds\":");
    at = cctv_output_put_number(at, timeout / CCTV_BEATS);
    at = CCTV_OUTPUT_PUT(at, ",\"timeout_seconds\":");
    at = cctv_output_put_number(at, timeout);
    at = stpcpy(at, viewers_member(r, view));
    at = CCTV_OUTPUT_PUT(at, "}");
    return cctv_reply_json_text(r, HTTP_CREATED, text, (size_t)(at - text));
}

static int start_view(request_rec *r, const wish_t *wish)
{
    cctv_viewer_t viewer = { .transport = wish->transport,
                             .codecs = wish->codecs };
    cctv_offer_t offer = { .from_viewer = NULL };
    size_t len = wish->sdp == NULL ? 0 : strlen(wish->sdp);
    cctv_view_t view;
    int result;

    if (!cctv_admission_offer(r, wish->sdp, len, &offer, &viewer, &result)
        || !cctv_admission_camera(r, wish->camera, &viewer, &result)
        || !cctv_admission_begin(r, &viewer, &view, &offer, &result)) {
        return result;
    }
    if (cctv_stats() != NULL) {
        cctv_stats()->begin(r, &view);
    }
    return cctv_admission_sent(&view,
                               cctv_transport_shows_video(view.transport)
                                   ? send_offer(r, &view, &offer)
                                   : send_started(r, &view));
}

static int parse_and_start(request_rec *r, const char *text, size_t len)
{
    const char *wrong;
    wish_t wish;
    int result;
    json_t *body = cctv_body_parse_json(r, text, len, &result);

    if (body == NULL) {
        return result;
    }
    wrong = parse_start(body, &wish);
    result = wrong == NULL ? start_view(r, &wish)
                           : cctv_reply_problem(r, HTTP_BAD_REQUEST, wrong);
    json_decref(body);
    return result;
}

int cctv_view_start_handler(request_rec *r)
{
    size_t len;
    wish_t wish;
    int32_t camera;
    int result;
    const char *text = cctv_body_read_json_text(
        r, has_video() ? BODY_MAX_SDP : BODY_MAX, &len, &result);

    if (text == NULL) {
        return result;
    }
    if (!cctv_json_plain_number(text, len, "camera_id", &camera)) {
        return parse_and_start(r, text, len);
    }
    wish = wish_of(camera);
    return start_view(r, &wish);
}

/* ---- Heartbeat and end ---- */

/* Note a heartbeat. A view that has lost its video ends here; this is the only
 * answer that tells its client so.
 * @return false: there is no such view, or it has ended */
static bool note_beat(request_rec *r, const char *id, cctv_view_t *view)
{
    cctv_views_t *shared = cctv_views();
    cctv_moment_t now = cctv_moment_now();

    /* Another request may change the view meanwhile: then find it again. */
    while (cctv_view_find(shared, id, cctv_admission_user(r), now, view)) {
        if (!cctv_admission_may_see(r, view->role)) {
            cctv_transport_deny(shared, view, now);
        }
        else if (view->is_gone) {
            if (cctv_view_end(shared, view, CCTV_ENDED_GONE, now)) {
                return true;
            }
        }
        else if (cctv_view_beat(shared, view, now)) {
            cctv_count(&shared->head->counters.heartbeats);
            return true;
        }
    }
    return false;
}

static const char *video_of(const cctv_view_t *view)
{
    if (view->is_gone) {
        return "gone";
    }
    if (view->answered < 0) {
        return "offered";
    }
    switch (view->flow) {
    case CCTV_FLOW_ON:
        return "live";
    case CCTV_FLOW_QUIET:
        return "stalled";
    default:
        return "connecting";
    }
}

static const char *transport_members(request_rec *r, const char *id,
                                     const cctv_view_t *view)
{
    const cctv_transport_ops_t *transport = cctv_transport(view->transport);

    return transport == NULL || transport->heartbeat_members == NULL
               ? ""
               : transport->heartbeat_members(r, view, id);
}

/* While heartbeats may be rare, each answer says so. */
static const char *interval_member(request_rec *r, const cctv_view_t *view)
{
    cctv_time_t rare = cctv_beats_rare(view) / 1000000;

    return cctv_view_needs_rare_beats(view, cctv_now())
               ? apr_pstrcat(r->pool, ",\"heartbeat_seconds\":",
                             apr_itoa(r->pool, (int)rare), NULL)
               : "";
}

/* @return the JSON members that views of pictures have */
static const char *picture_members(request_rec *r, const char *id,
                                   const cctv_view_t *view)
{
    uint32_t viewers;

    if (view->transport == CCTV_TRANSPORT_NONE) {
        return "";
    }
    viewers = cctv_viewer_counts_of(&cctv_views()->counts, view->camera);
    viewers = viewers == 0 ? 1 : viewers;
    if (view->transport == CCTV_TRANSPORT_STILL) {
        return apr_psprintf(r->pool, ",\"viewers\":%u", viewers);
    }
    return apr_psprintf(
        r->pool, ",\"viewers\":%u,\"video\":\"%s\"%s%s%s", viewers,
        video_of(view), interval_member(r, view),
        view->flow == CCTV_FLOW_FAILED ? ",\"reason\":\"no_media\"" : "",
        transport_members(r, id, view));
}

/* Write seconds with three decimals, at most 24 characters, without a format
 * string, which is slow. @return the end of the text */
static char *put_seconds(char *out, int64_t ms)
{
    uint64_t rest = (uint64_t)ms % 1000;

    out = cctv_output_put_number(out, (uint64_t)ms / 1000);
    *out++ = '.';
    *out++ = (char)('0' + rest / 100);
    memcpy(out, cctv_output_pairs + rest % 100 * 2, 2);
    return out + 2;
}

static int send_watched(request_rec *r, const char *id,
                        const cctv_view_t *view)
{
    const char *members = picture_members(r, id, view);
    char *text = apr_palloc(r->pool, CCTV_OUTPUT_LINE + strlen(members));
    char *at = CCTV_OUTPUT_PUT(text, "{\"watched_seconds\":");

    at = put_seconds(at, view->watched / 1000);
    at = stpcpy(at, members);
    at = CCTV_OUTPUT_PUT(at, "}");
    return cctv_reply_json_text(r, HTTP_OK, text, (size_t)(at - text));
}

static int answer_beat(request_rec *r, const char *id, const json_t *body)
{
    const cctv_stats_ops_t *ops = cctv_stats();
    const json_t *stats = json_object_get(body, "stats");
    const void *report = NULL;
    const char *wrong;
    cctv_view_t view;

    if (stats != NULL && ops != NULL) {
        report = ops->read(r, stats, &wrong);
        if (report == NULL) {
            return cctv_reply_problem(r, HTTP_BAD_REQUEST, wrong);
        }
    }
    if (!note_beat(r, id, &view)) {
        return cctv_denial_answer_missing(r, id, cctv_view_missing);
    }
    cctv_denial_note_viewer(r, &view);
    cctv_notes_view(r, &view);
    if (report != NULL && cctv_view_is_watched(&view)) {
        ops->note(&view, report);
    }
    return send_watched(r, id, &view);
}

static int answer_end(request_rec *r, const char *id, const json_t *body)
{
    cctv_views_t *shared = cctv_views();
    cctv_moment_t now = cctv_moment_now();
    cctv_view_t view;

    (void)body;
    while (cctv_view_find(shared, id, cctv_admission_user(r), now, &view)) {
        cctv_notes_view(r, &view);
        if (cctv_view_end(shared, &view, CCTV_ENDED_ENDED, now)) {
            break;
        }
    }
    return cctv_reply_empty(r, HTTP_NO_CONTENT);
}

int cctv_heartbeat_handler(request_rec *r)
{
    return cctv_view_post(r, BODY_MAX, answer_beat);
}

int cctv_view_end_handler(request_rec *r)
{
    return cctv_view_post(r, BODY_MAX, answer_end);
}
