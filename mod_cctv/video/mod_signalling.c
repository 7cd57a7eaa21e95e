/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_signalling.c
 * @brief Gets the SDP offer for a camera from Janus, and sends the viewer's
 *        SDP answer to Janus.
 * Layer: httpd.
 */
#include "video/mod_signalling.h"

#include "cameras/mod_handler.h"
#include "cameras/mod_source.h"
#include "http/mod_reply.h"
#include "core/mod_log.h"
#include "memory/mod_part.h"
#include "video/mod_part.h"
#include "views/mod_part.h"
#include "video/mod_lifecycle.h"
#include "janus/sdp.h"
#include "janus/stream_url.h"
#include "video/turn.h"
#include "views/views.h"

#include "apr_strings.h"

#include <stdlib.h>
#include <string.h>

/* The time limit for all calls of a request whose camera is connected: µs. */
#define TIME_LIMIT 2000000

/* The time between two looks at a camera that is being connected to: µs. */
#define PAUSE 50000

/* A camera begins with a keyframe. Janus stores it for viewers only when the
 * next picture comes. A viewer that connects in between sees nothing until the
 * next keyframe, which may take seconds. So after the camera has connected,
 * the request waits this long before it asks for the offer: µs. */
#define FIRST_PICTURES 200000

/* TURN logins are valid for a day, since coturn does not prolong a relay whose
 * login has expired: s. */
#define TURN_SECONDS 86400

/* The state of a request while it calls Janus. */
typedef struct {
    request_rec *r;
    cctv_video_t *video;
    cctv_janus_session_t session;
    int32_t camera;
    uint64_t client;
    cctv_feed_t feed; /* url NULL: not read from the database yet */
    cctv_time_t started;
    cctv_time_t entered;
    bool is_inside; /* it has a place in the gate */
    bool is_probe;
    bool is_cold;      /* it has a place to connect to its camera */
    bool is_following; /* it waits for the attempt of another request */
    bool is_trying;    /* it makes the attempt itself */
    bool is_refused;   /* the camera has refused the connection */
    bool has_paused;   /* it has waited for the first pictures */
    bool is_talking;
} exchange_t;

typedef enum {
    DONE_,
    BUSY,     /* too many requests wait for cameras */
    OFFLINE,  /* the camera does not answer */
    FOREIGN,  /* mod_cctv did not create the mountpoint with this number */
    DOWN,     /* Janus does not answer */
    ANSWERED, /* the request has been answered */
} outcome_t;

/* ---- The gate and the breaker ---- */

static cctv_views_head_t *head(void)
{
    return cctv_views()->head;
}

static bool turn_away(cctv_janus_error_t error)
{
    cctv_count(&cctv_video_memory()->counters.errors[error]);
    return false;
}

static void leave_gate(exchange_t *x)
{
    if (x->is_inside) {
        cctv_gate_leave(&x->video->janus.gate, x->entered);
        x->is_inside = false;
    }
}

static bool exchange_begin(exchange_t *x)
{
    cctv_time_t since;

    x->started = cctv_now();
    if (!cctv_gate_enter(&x->video->janus.gate, x->started + TIME_LIMIT)) {
        return turn_away(CCTV_JANUS_ERROR_BUSY);
    }
    x->entered = cctv_now();
    x->is_inside = true;
    switch (cctv_breaker_ask(&x->video->janus.region->breaker, x->entered,
                             TIME_LIMIT, &since)) {
    case CCTV_BREAKER_CLOSED:
        break;
    case CCTV_BREAKER_PROBE:
        x->is_probe = true;
        break;
    case CCTV_BREAKER_PROBED:
    case CCTV_BREAKER_DOWN:
        leave_gate(x);
        return turn_away(CCTV_JANUS_ERROR_DOWN);
    }
    x->is_talking = cctv_janus_begin(x->video->janus.client,
                                     x->started + TIME_LIMIT, &x->session);
    if (!x->is_talking) {
        leave_gate(x);
    }
    return x->is_talking;
}

/* @return whether the request waits for its camera, outside the gate */
static bool is_waiting(const exchange_t *x)
{
    return x->is_cold || x->is_following;
}

/* Report to the breaker what a call says about Janus. A call that waited for a
 * slow camera says nothing about Janus. */
static void judge(exchange_t *x, cctv_janus_status_t status)
{
    cctv_time_t now = cctv_now();

    if (cctv_janus_has_answered(status)) {
        x->is_probe = false;
        if (cctv_breaker_answered(&x->video->janus.region->breaker, now)) {
            CCTV_LOG_R(APLOG_NOTICE, 0, x->r, "CCTV0021",
                       "Janus answers again");
        }
    }
    else if (!is_waiting(x)) {
        cctv_breaker_failed(&x->video->janus.region->breaker, now, x->entered,
                            x->is_probe);
    }
}

/* Release everything without reporting to the breaker. An unused probe blocks
 * the next one until its lease ends. */
static void exchange_leave(exchange_t *x)
{
    if (x->is_talking) {
        cctv_janus_end(&x->session);
    }
    if (x->is_cold) {
        cctv_cold_leave(&x->video->janus.cold, x->client);
    }
    if (x->is_following) {
        cctv_cold_unfollow(&x->video->janus.cold);
    }
    leave_gate(x);
}

/* @param status  the result of the last call */
static void exchange_end(exchange_t *x, cctv_janus_status_t status)
{
    judge(x, status);
    exchange_leave(x);
}

/* From now on the request waits for its camera. It leaves the gate, so that
 * requests whose cameras are connected can enter. */
static void wait_outside(exchange_t *x)
{
    x->session.deadline = x->started + x->video->settings.cold_timeout;
    leave_gate(x);
}

/* @return whether the request may connect to its camera */
static bool go_cold(exchange_t *x)
{
    if (!x->is_cold && cctv_cold_enter(&x->video->janus.cold, x->client)) {
        x->is_cold = true;
        wait_outside(x);
    }
    return x->is_cold;
}

/* @return whether the request may wait for the attempt of another request */
static bool follow(exchange_t *x)
{
    if (!x->is_following && cctv_cold_follow(&x->video->janus.cold)) {
        x->is_following = true;
        wait_outside(x);
    }
    return x->is_following;
}

/* ---- The memory of failures ---- */

static cctv_failures_t *failures(void)
{
    return &cctv_video_memory()->failures;
}

static cctv_failure_t why_failed(const exchange_t *x)
{
    if (x->is_refused
        && (strstr(x->session.reason, "401") != NULL
            || strcasestr(x->session.reason, "unauthorized") != NULL)) {
        return CCTV_FAILURE_LOGIN;
    }
    return x->is_refused && x->feed.user != NULL ? CCTV_FAILURE_SUSPECT
                                                 : CCTV_FAILURE_OFFLINE;
}

/* @param outcome  written only if the result is false
 * @return whether this request tries to connect to its camera */
static bool may_try(exchange_t *x, outcome_t *outcome)
{
    if (x->is_trying) {
        return true;
    }
    *outcome = DONE_;
    switch (
        cctv_failures_attempt(failures(), x->camera, cctv_now(),
                              x->video->settings.cold_timeout + TIME_LIMIT)) {
    case CCTV_ATTEMPT_YOURS:
        x->is_trying = true;
        return true;
    case CCTV_ATTEMPT_FAILED:
        *outcome = OFFLINE;
        return false;
    case CCTV_ATTEMPT_OTHERS:
        break;
    }
    if (follow(x)) {
        apr_sleep(PAUSE);
    }
    else {
        *outcome = BUSY;
    }
    return false;
}

static void remember(exchange_t *x, outcome_t outcome)
{
    switch (outcome) {
    case DONE_:
        cctv_failures_clear(failures(), x->camera);
        break;
    case OFFLINE:
        if (x->is_trying) {
            cctv_failures_note(failures(), x->camera, why_failed(x),
                               cctv_now());
        }
        break;
    default:
        if (x->is_trying) {
            cctv_failures_give_up(failures(), x->camera, cctv_now());
        }
    }
}

/* ---- The offer ---- */

/* While Janus destroys the mountpoint of a camera that does not answer, it may
 * block all calls. Then a late call says nothing about its own camera. */
static outcome_t why_late(const exchange_t *x)
{
    return cctv_janus_region_was_blocked(x->video->janus.region, x->started,
                                         cctv_now())
               ? DOWN
               : OFFLINE;
}

static void add_login(exchange_t *x)
{
    const cctv_login_t *login;
    cctv_stream_url_t url;

    if (x->video->settings.logins == NULL
        || !cctv_stream_url_parse(x->feed.url, &url)) {
        return;
    }
    login = cctv_logins_find(x->video->settings.logins, url.host, url.port);
    if (login != NULL) {
        x->feed.user = login->user;
        x->feed.password = login->password;
    }
}

static outcome_t find_feed(exchange_t *x, int *result)
{
    int status = cctv_source_stream_url(x->r, x->camera, &x->feed.url);

    if (status != OK) {
        *result = cctv_cameras_no_answer(x->r, status);
        return ANSWERED;
    }
    if (x->feed.url == NULL) {
        /* The camera was deleted after admission. */
        *result = cctv_cameras_not_here(x->r);
        return ANSWERED;
    }
    add_login(x);
    return DONE_;
}

static outcome_t make_mountpoint(exchange_t *x, cctv_janus_status_t *status,
                                 int *result)
{
    outcome_t outcome;

    if (!may_try(x, &outcome)) {
        return outcome;
    }
    if (!go_cold(x)) {
        return BUSY;
    }
    if (x->feed.url == NULL) {
        outcome = find_feed(x, result);
        if (outcome != DONE_) {
            return outcome;
        }
    }
    switch (cctv_mountpoint_make(&x->session, &x->video->janus.rules,
                                 x->camera, &x->feed, status)) {
    case CCTV_MOUNTPOINT_OFFLINE:
        CCTV_LOG_R(APLOG_INFO, 0, x->r, "CCTV0022",
                   "camera %d does not answer Janus: %s", x->camera,
                   x->session.reason);
        x->is_refused = true;
        return OFFLINE;
    case CCTV_MOUNTPOINT_FAILED:
        return *status == CCTV_JANUS_LATE ? why_late(x) : DOWN;
    case CCTV_MOUNTPOINT_BUSY:
        apr_sleep(PAUSE);
        return DONE_;
    default:
        return DONE_;
    }
}

static outcome_t watch_mountpoint(exchange_t *x, cctv_offer_t *out,
                                  bool *is_done, cctv_janus_status_t *status)
{
    char *sdp;

    switch (cctv_mountpoint_watch(&x->session, x->camera, out->pin, &sdp,
                                  status)) {
    case CCTV_MOUNTPOINT_OK:
        out->sdp = apr_pstrdup(x->r->pool, sdp);
        free(sdp);
        *is_done = true;
        return DONE_;
    case CCTV_MOUNTPOINT_BUSY:
        if (!x->is_following && !go_cold(x)) {
            return BUSY;
        }
        apr_sleep(PAUSE);
        return DONE_;
    case CCTV_MOUNTPOINT_FAILED:
        return is_waiting(x) && *status == CCTV_JANUS_LATE ? why_late(x)
                                                           : DOWN;
    default:
        return DONE_;
    }
}

/* One round: look for the mountpoint, create it, or watch it. */
static outcome_t exchange_step(exchange_t *x, cctv_transport_t transport,
                               cctv_offer_t *out, bool *is_done,
                               cctv_janus_status_t *status, int *result)
{
    cctv_mountpoint_t found;

    switch (cctv_mountpoint_find(&x->session, &x->video->janus.rules,
                                 x->camera, &found, status)) {
    case CCTV_MOUNTPOINT_MISSING:
        return make_mountpoint(x, status, result);
    case CCTV_MOUNTPOINT_OK:
        break;
    default:
        return is_waiting(x) && *status == CCTV_JANUS_LATE ? why_late(x)
                                                           : DOWN;
    }
    if (!found.is_ours) {
        return FOREIGN;
    }
    if (cctv_mountpoint_is_stale(&found)) {
        return OFFLINE;
    }
    out->pin = apr_pstrdup(x->r->pool, found.pin);
    if (x->is_cold && found.is_pulled && !x->has_paused) {
        x->has_paused = true;
        apr_sleep(FIRST_PICTURES);
    }
    if (transport == CCTV_TRANSPORT_PROXY) {
        *is_done = true;
        return DONE_;
    }
    return watch_mountpoint(x, out, is_done, status);
}

static outcome_t get_offer(exchange_t *x, cctv_transport_t transport,
                           cctv_offer_t *out, cctv_janus_status_t *status,
                           int *result)
{
    outcome_t outcome = DONE_;
    bool is_done = false;

    *status = cctv_janus_open(&x->session);
    judge(x, *status);
    if (*status != CCTV_JANUS_OK) {
        return DOWN;
    }
    while (outcome == DONE_ && !is_done) {
        outcome = cctv_now() < x->session.deadline ? exchange_step(
                      x, transport, out, &is_done, status, result)
                                                   : why_late(x);
    }
    return outcome;
}

static int refuse(request_rec *r, cctv_refused_t reason, const char *type,
                  const char *seconds, const char *detail)
{
    cctv_count(&head()->counters.refused[reason]);
    return cctv_reply_problem_of(r, HTTP_SERVICE_UNAVAILABLE, type, seconds,
                                 detail);
}

static const char down[] = "The video server does not answer at the moment; "
                           "try again in a second.";

/* The start of a view fails: this counts as refused. */
static int refuse_down(request_rec *r)
{
    return refuse(r, CCTV_REFUSED_VIDEO_DOWN, CCTV_PROBLEM_VIDEO_DOWN, "1",
                  down);
}

/* The SDP answer of a view fails: the view had started, so this does not count
 * as refused. */
static int answer_down(request_rec *r)
{
    return cctv_reply_problem_of(r, HTTP_SERVICE_UNAVAILABLE,
                                 CCTV_PROBLEM_VIDEO_DOWN, "1", down);
}

/* Retry-After is the rest of the camera's back-off; without one it is 5 s. */
static int answer_offline(request_rec *r, int32_t camera)
{
    int64_t wait = cctv_failures_wait(failures(), camera, cctv_now());
    int64_t seconds = wait == 0 ? 5 : (wait + 999999) / 1000000;

    return refuse(r, CCTV_REFUSED_OFFLINE, CCTV_PROBLEM_OFFLINE,
                  apr_psprintf(r->pool, "%" APR_INT64_T_FMT, seconds),
                  "The camera does not answer at the moment; try again "
                  "in some seconds.");
}

bool cctv_signalling_is_promising(request_rec *r, int32_t camera, int *result)
{
    if (cctv_failures_wait(failures(), camera, cctv_now()) == 0) {
        return true;
    }
    *result = answer_offline(r, camera);
    return false;
}

static void log_down(exchange_t *x, cctv_janus_status_t status)
{
    if (status == CCTV_JANUS_REFUSED) {
        CCTV_LOG_R(APLOG_ERR, 0, x->r, "CCTV0023",
                   "Janus refuses a call: %s (%d)%s", x->session.reason,
                   x->session.code,
                   x->session.code == CCTV_JANUS_WRONG_SECRET
                           || x->session.code == CCTV_JANUS_WRONG_KEY
                       ? "; is the secret of CCTVJanusSecretFile its "
                         "api_secret (janus.jcfg) and admin_key "
                         "(janus.plugin.streaming.jcfg)?"
                       : "");
    }
    else {
        CCTV_LOG_R(APLOG_ERR, 0, x->r, "CCTV0026", "Janus does not answer: %s",
                   cctv_janus_why(status));
    }
}

bool cctv_signalling_prepare(request_rec *r, cctv_viewer_t *viewer,
                             const char *profile, cctv_offer_t *out,
                             int *result)
{
    exchange_t x = { .r = r,
                     .video = cctv_video(),
                     .camera = viewer->camera,
                     .client = viewer->client,
                     .feed = { .profile = profile } };
    cctv_janus_status_t status = CCTV_JANUS_OK;
    int32_t camera = viewer->camera;
    outcome_t outcome;

    *out = (cctv_offer_t){ .sdp = NULL };
    if (!exchange_begin(&x)) {
        *result = refuse_down(r);
        return false;
    }
    outcome = get_offer(&x, viewer->transport, out, &status, result);
    remember(&x, outcome);
    exchange_end(&x, status);
    if (outcome == DONE_ && viewer->transport != CCTV_TRANSPORT_PROXY) {
        viewer->janus = x.session.id;
        viewer->handle = x.session.handle;
    }
    else if (x.session.id != 0) {
        cctv_discard_put(&cctv_views()->discarded, x.session.id);
    }
    switch (outcome) {
    case DONE_:
        return true;
    case BUSY:
        *result = refuse(r, CCTV_REFUSED_COLD, CCTV_PROBLEM_BUSY, "2",
                         "Many viewers wait for cameras to connect; try again "
                         "in a moment.");
        break;
    case OFFLINE:
        *result = answer_offline(r, camera);
        break;
    case FOREIGN:
        CCTV_LOG_R(APLOG_ERR, 0, r, "CCTV0050",
                   "Janus has a mountpoint %d that is not of mod_cctv, so "
                   "camera %d cannot be shown: remove it from "
                   "janus.plugin.streaming.jcfg",
                   camera, camera);
        *result = refuse_down(r);
        break;
    case DOWN:
        log_down(&x, status);
        *result = refuse_down(r);
        break;
    case ANSWERED:
        break;
    }
    return false;
}

/* ---- The answer ---- */

/* End the view whose SDP answer has failed. */
static void give_up(cctv_view_t *view, cctv_ended_t reason)
{
    cctv_view_end(cctv_views(), view, reason, cctv_moment_now());
}

static bool refuse_answer(exchange_t *x, cctv_view_t *view, int *result)
{
    /* Janus's reason contains "did we offer" if the mountpoint was destroyed
     * meanwhile, and the offer with it. */
    bool is_gone = cctv_janus_has_forgotten(&x->session, CCTV_JANUS_REFUSED)
                   || (x->session.code == CCTV_JANUS_BAD_SDP
                       && strstr(x->session.reason, "did we offer") != NULL);

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

static bool tell_janus(exchange_t *x, cctv_view_t *view, const char *sdp,
                       int *result)
{
    cctv_views_t *shared = cctv_views();
    cctv_janus_status_t status;
    cctv_moment_t now;

    if (!cctv_view_claim_answer(shared, view)) {
        exchange_leave(x);
        *result = answer_twice(x->r);
        return false;
    }
    x->session.id = view->janus;
    x->session.handle = view->handle;
    status = cctv_mountpoint_answer(&x->session, sdp);
    exchange_end(x, status);
    if (status == CCTV_JANUS_REFUSED
        && x->session.code != CCTV_JANUS_WRONG_SECRET) {
        return refuse_answer(x, view, result);
    }
    if (status != CCTV_JANUS_OK) {
        log_down(x, status);
        give_up(view, CCTV_ENDED_GONE);
        *result = answer_down(x->r);
        return false;
    }
    now = cctv_moment_now();
    cctv_view_answer(shared, view, now);
    cctv_view_beat(shared, view, now);
    cctv_histogram_observe(&cctv_video_memory()->answers,
                           now.time - view->started);
    return true;
}

bool cctv_signalling_answer(request_rec *r, cctv_view_t *view, const char *sdp,
                            size_t len, int *result)
{
    exchange_t x = { .r = r, .video = cctv_video() };
    const char *clean;
    const char *why;

    if (len > CCTV_SDP_MAX) {
        *result = cctv_reply_problem(r, HTTP_REQUEST_ENTITY_TOO_LARGE,
                                     "An SDP answer has at most 16384 bytes.");
        return false;
    }
    clean = cctv_sdp_clean(r->pool, sdp, len, &why);
    if (clean == NULL) {
        *result = cctv_reply_problem(r, HTTP_BAD_REQUEST,
                                     apr_pstrcat(r->pool, why, ".", NULL));
        return false;
    }
    if (view->is_gone) {
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
    if (!exchange_begin(&x)) {
        *result = answer_down(r);
        return false;
    }
    return tell_janus(&x, view, clean, result);
}

/* ---- ICE ---- */

/* The number that distinguishes viewers in coturn's log and quota. */
static uint32_t number_of(const char *id)
{
    return (uint32_t)cctv_keyed_hash(id, CCTV_VIEW_ID_LENGTH);
}

/* Add a server; the list owns it then. Out of memory, *list becomes NULL. */
static void add_server(json_t **list, json_t *server)
{
    if (json_array_append_new(*list, server) != 0) {
        json_decref(*list);
        *list = NULL;
    }
}

json_t *cctv_signalling_ice_servers(const char *id)
{
    const cctv_video_settings_t *settings = &cctv_video()->settings;
    const apr_array_header_t *servers = settings->turn_servers;
    json_t *list = json_array();
    cctv_turn_login_t login;
    int i;

    for (i = 0; servers != NULL && i < servers->nelts; i++) {
        const char *uri = APR_ARRAY_IDX(servers, i, const char *);
        bool needs_login;

        if (!cctv_turn_is_uri(uri, &needs_login)) {
            continue;
        }
        if (!needs_login) {
            add_server(&list, json_pack("{s:[s]}", "urls", uri));
        }
        else if (cctv_turn_make_login(
                     settings->turn_secret, number_of(id),
                     apr_time_sec(apr_time_now()) + TURN_SECONDS, &login)) {
            add_server(&list, json_pack("{s:[s], s:s, s:s}", "urls", uri,
                                        "username", login.username,
                                        "credential", login.credential));
        }
    }
    return list;
}
