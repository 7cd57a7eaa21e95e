/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file viewer.c
 * @brief The life of a viewer. The times are those of htdocs/cctv-client.js.
 */
#include "viewer.h"

#include "http.h"
#include "tally.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS              INT64_C(1000)
#define BEAT            (4000 * MS)
#define BEAT_IN_TROUBLE (2000 * MS)
#define BEAT_RARE       (60000 * MS)
#define STALL           (3000 * MS)
#define SLOW            (5000 * MS)
#define TOO_SLOW        (15000 * MS)
#define DENIED          (5000 * MS)
#define LEAST_JITTER    (500 * MS)
#define LONGEST_WAIT    (4000 * MS)
#define LONGEST_RETRY   600
#define REQUEST_MS      40000
#define BEAT_REQUEST_MS 5000
#define ANSWER_MAX      16384

static bool is_ending;

static load_time_t with_jitter(load_time_t wait)
{
    load_time_t most = wait > LEAST_JITTER ? wait : LEAST_JITTER;

    return wait + random() % most;
}

static load_time_t next_wait(load_viewer_t *viewer)
{
    load_time_t wait = LONGEST_WAIT;

    if (viewer->failures == 0) {
        wait = 0;
    }
    else if (viewer->failures < 3) {
        wait = LEAST_JITTER << viewer->failures;
    }
    viewer->failures++;
    return with_jitter(wait);
}

/* The parameter by which a load balancer finds the server of the view. */
static void path_of(const char *what, const load_viewer_t *viewer, char *out,
                    size_t size)
{
    const char *route = strchr(viewer->session, '.');

    snprintf(out, size, route != NULL ? "%s?route=%s" : "%s", what,
             route != NULL ? route + 1 : "");
}

static void ended(void *context, const load_reply_t *reply)
{
    (void)context;
    load_tally.ends_failed += reply->status != 204;
}

static void ask(load_viewer_t *viewer, const char *what, json_t *body,
                int patience_ms, load_done_t done)
{
    char path[sizeof viewer->session + 32];
    char *json = json_dumps(body, JSON_COMPACT);

    path_of(what, viewer, path, sizeof path);
    if (json != NULL) {
        load_http_ask(path, json, patience_ms, done, viewer);
    }
    free(json);
    json_decref(body);
}

/* @return the member heartbeat_seconds, at most this; 0: there is none */
static load_time_t interval_of(const json_t *said, load_time_t most)
{
    double value = json_number_value(
        json_object_get(said, "heartbeat_seconds"));

    return value * 1e6 < (double)most ? (load_time_t)(value * 1e6) : most;
}

/* Close the connection and end the view on the server. */
static void leave(load_viewer_t *viewer)
{
    load_media_close(&viewer->media, &viewer->past);
    if (viewer->session[0] != '\0') {
        load_tally.ends++;
        ask(viewer, "/view-end",
            json_pack("{s:s}", "session_id", viewer->session), REQUEST_MS,
            ended);
    }
    viewer->session[0] = '\0';
    viewer->plays = false;
}

static void try_again(load_viewer_t *viewer, load_time_t wait)
{
    viewer->stage = LOAD_WAITS;
    viewer->next_try = load_now() + wait;
}

/* The view is lost. */
static void lose(load_viewer_t *viewer, long status, const char *why)
{
    if (viewer->plays) {
        viewer->told = load_now();
        load_tally.restarts++;
        load_sample(&load_tally.told_ms,
                    (double)(viewer->told - atomic_load(&viewer->media.last))
                        / 1e3);
    }
    load_reason(status, why);
    leave(viewer);
    try_again(viewer, next_wait(viewer));
}

/* @param kind  the type of the problem */
static bool is_hopeless(long status, const char *kind, const char *reason)
{
    if (strcmp(kind, "urn:cctv:denied") == 0) {
        return false;
    }
    return status == 401 || status == 403 || status == 409
           || strcmp(kind, "urn:cctv:codec") == 0
           || strcmp(reason, "login_refused") == 0;
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text != NULL ? text : "";
}

static void refused(load_viewer_t *viewer, const load_reply_t *reply)
{
    json_t *said = json_loads(reply->body, 0, NULL);
    const char *detail = text_of(said, "detail");
    long after = reply->retry_after < LONGEST_RETRY ? reply->retry_after
                                                    : LONGEST_RETRY;
    char why[200];

    snprintf(why, sizeof why, "%s%s%s", text_of(said, "type"),
             detail[0] != '\0' ? " " : "", detail);
    load_reason(reply->status, said != NULL         ? why
                               : reply->status == 0 ? reply->body
                                                    : "no reason was given");
    leave(viewer);
    if (is_hopeless(reply->status, text_of(said, "type"),
                    text_of(said, "reason"))) {
        viewer->stage = LOAD_GAVE_UP;
    }
    else if (reply->status == 404) {
        try_again(viewer, with_jitter(DENIED));
    }
    else {
        try_again(viewer, after > 0 ? with_jitter(after * LOAD_SECOND)
                                    : next_wait(viewer));
    }
    json_decref(said);
}

static bool is_gone(long status)
{
    return status == 404 || status == 409 || status == 410;
}

static void connected(void *context, const load_reply_t *reply)
{
    load_viewer_t *viewer = context;

    if (is_ending) {
        return;
    }
    if (is_gone(reply->status)) {
        lose(viewer, reply->status, "the view ended before its answer came");
    }
    else if (reply->status / 100 != 2) {
        refused(viewer, reply);
    }
    else {
        viewer->stage = LOAD_FOLLOWS;
        viewer->answered = load_now();
        viewer->beat_at = viewer->answered;
        viewer->is_standing = viewer->is_over_noted = false;
    }
}

/* @return whether the id has only characters that an address may have */
static bool keep_session(load_viewer_t *viewer, const char *session)
{
    size_t length = strspn(session, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_.-"
                                    "abcdefghijklmnopqrstuvwxyz0123456789");

    if (length == 0 || session[length] != '\0'
        || length >= sizeof viewer->session) {
        return false;
    }
    memcpy(viewer->session, session, length + 1);
    return true;
}

static void answer(load_viewer_t *viewer, const char *sdp)
{
    char own[ANSWER_MAX];
    const char *why;

    if (!load_media_open(&viewer->media, sdp, own, sizeof own, &why)) {
        lose(viewer, 0, why);
        return;
    }
    viewer->stage = LOAD_CONNECTS;
    ask(viewer, "/view-answer",
        json_pack("{s:s, s:s}", "session_id", viewer->session, "sdp", own),
        REQUEST_MS, connected);
}

static void started(void *context, const load_reply_t *reply)
{
    load_viewer_t *viewer = context;
    json_t *said;

    if (reply->status != 201) {
        if (!is_ending) {
            refused(viewer, reply);
        }
        return;
    }
    said = json_loads(reply->body, 0, NULL);
    viewer->interval = interval_of(said, BEAT);
    viewer->rare = 0;
    if (viewer->interval < LOAD_SECOND) {
        viewer->interval = BEAT;
    }
    if (!keep_session(viewer, text_of(said, "session_id"))) {
        lose(viewer, reply->status, "the answer is not of this server");
    }
    else if (is_ending) {
        leave(viewer);
    }
    else if (text_of(said, "sdp")[0] == '\0') {
        load_reason(reply->status, "the server has no video");
        leave(viewer);
        viewer->stage = LOAD_GAVE_UP;
    }
    else {
        answer(viewer, text_of(said, "sdp"));
    }
    json_decref(said);
}

static void start(load_viewer_t *viewer, load_time_t now)
{
    viewer->stage = LOAD_STARTS;
    viewer->clicked = now;
    viewer->round++;
    ask(viewer, "/view-start",
        json_pack("{s:I, s:[s,s,s,s,s]}", "camera_id",
                  (json_int_t)viewer->camera, "codecs", "h264", "h265", "vp8",
                  "vp9", "av1"),
        REQUEST_MS, started);
}

static void beaten(void *context, const load_reply_t *reply)
{
    load_viewer_t *viewer = context;
    json_t *said;

    viewer->is_beating = false;
    load_tally.beats_failed += reply->status != 200;
    if (is_ending || viewer->stage != LOAD_FOLLOWS
        || viewer->beat_round != viewer->round) {
        return;
    }
    if (reply->status == 401 || reply->status == 403) {
        refused(viewer, reply);
    }
    else if (is_gone(reply->status)) {
        lose(viewer, reply->status, "the server has lost the view");
    }
    else if (reply->status == 200) {
        said = json_loads(reply->body, 0, NULL);
        viewer->rare = interval_of(said, BEAT_RARE);
        if (strcmp(text_of(said, "video"), "gone") == 0) {
            lose(viewer, reply->status,
                 "the server says that the video has gone");
        }
        json_decref(said);
    }
}

static void beat(load_viewer_t *viewer, load_time_t now)
{
    viewer->is_beating = true;
    viewer->beat_round = viewer->round;
    viewer->beat_at = now;
    load_tally.beats++;
    ask(viewer, "/heartbeat",
        json_pack("{s:s}", "session_id", viewer->session), BEAT_REQUEST_MS,
        beaten);
}

/* The first packet of a view has come. */
static void note_first(load_viewer_t *viewer, load_time_t first)
{
    viewer->plays = viewer->has_played = true;
    viewer->beat_at = 0;
    load_sample(&load_tally.start_ms, (double)(first - viewer->clicked) / 1e3);
    if (viewer->told != 0) {
        load_sample(&load_tally.back_ms, (double)(first - viewer->told) / 1e3);
    }
    viewer->told = 0;
}

/* @return whether the server should be asked soon */
static bool is_in_trouble(load_viewer_t *viewer, load_time_t age)
{
    bool is_standing = age > (viewer->plays ? STALL : SLOW);
    bool is_over = atomic_load(&viewer->media.is_closed);

    if ((is_standing && !viewer->is_standing)
        || (is_over && !viewer->is_over_noted)) {
        viewer->beat_at = 0;
    }
    if (viewer->plays && !is_standing) {
        viewer->failures = 0;
    }
    viewer->is_standing = is_standing;
    viewer->is_over_noted = is_over;
    return is_standing || is_over;
}

static void follow(load_viewer_t *viewer, load_time_t now)
{
    load_time_t first = atomic_load(&viewer->media.first);
    load_time_t wait = viewer->interval > viewer->rare ? viewer->interval
                                                       : viewer->rare;
    load_time_t age;

    if (first != 0 && !viewer->plays) {
        note_first(viewer, first);
    }
    age = now
          - (viewer->plays ? atomic_load(&viewer->media.last)
                           : viewer->answered);
    if (!viewer->plays && age > TOO_SLOW) {
        lose(viewer, 0, "no packet came within 15 s");
        return;
    }
    if (is_in_trouble(viewer, age) && wait > BEAT_IN_TROUBLE) {
        wait = BEAT_IN_TROUBLE;
    }
    if (!viewer->is_beating && now - viewer->beat_at >= wait) {
        beat(viewer, now);
    }
}

void load_viewer_begin(load_viewer_t *viewer, int64_t camera)
{
    viewer->camera = camera;
    viewer->stage = LOAD_WAITS;
}

void load_viewer_step(load_viewer_t *viewer, load_time_t now)
{
    if (viewer->stage == LOAD_WAITS && now >= viewer->next_try) {
        start(viewer, now);
    }
    else if (viewer->stage == LOAD_FOLLOWS) {
        follow(viewer, now);
    }
}

void load_viewer_end(load_viewer_t *viewer)
{
    is_ending = true;
    leave(viewer);
}

bool load_viewer_is_playing(load_viewer_t *viewer, load_time_t now)
{
    return viewer->plays && now - atomic_load(&viewer->media.last) <= STALL;
}

void load_viewer_sum(load_viewer_t *viewer, load_counts_t *sum)
{
    sum->received += viewer->past.received;
    sum->bytes += viewer->past.bytes;
    sum->lost += viewer->past.lost;
    sum->judged += viewer->past.judged;
    sum->late += viewer->past.late;
    load_media_sum(&viewer->media, sum);
}
