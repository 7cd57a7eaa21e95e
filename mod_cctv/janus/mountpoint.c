/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mountpoint.c
 * @brief The mountpoint of a camera in Janus's streaming plugin.
 * Layer: pure.
 */
#include "janus/mountpoint.h"

#include "janus/stream_url.h"
#include "json/member.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* The metadata of a mountpoint of mod_cctv. They contain its type, because
 * `list` does not report it; the time of its creation in seconds of the
 * monotonic clock; and the boot of the system that this time belongs to. */
#define MARK_RTP  "mod_cctv rtp "
#define MARK_RTSP "mod_cctv rtsp "
#define MARK_SIZE 96
#define BOOT_SIZE 40

/* Janus reconnects to a camera that has sent nothing for this time: s. When
 * Janus destroys a mountpoint whose camera it has lost, it waits for the same
 * time. */
#define RECONNECT_DELAY 2

#define RELAY_THREADS 1

/* How long Janus waits for a TCP connection to a camera: s. */
#define CONNECT_TIME 2

/* A dynamic payload type (RFC 3551). */
#define PAYLOAD_TYPE 96

/* An error code of the plugin. */
#define INVALID_REQUEST 452

static char boot[BOOT_SIZE];

static void read_boot(void)
{
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");

    if (file == NULL || fgets(boot, sizeof boot, file) == NULL) {
        snprintf(boot, sizeof boot, "unknown");
    }
    boot[strcspn(boot, "\n")] = '\0';
    if (file != NULL) {
        fclose(file);
    }
}

/* The id of this boot. It is stored with the monotonic time: that clock cannot
 * be stepped, unlike the wall clock, but starts anew with each boot. */
static const char *boot_id(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, read_boot);
    return boot;
}

static cctv_mountpoint_status_t failed(cctv_janus_status_t status,
                                       cctv_janus_status_t *out)
{
    *out = status;
    return CCTV_MOUNTPOINT_FAILED;
}

/* If there is no memory for a member, the whole object becomes NULL. So Janus
 * is never told to make a mountpoint without its pin or secret. */
static void add_text(json_t **object, const char *name, const char *text)
{
    if (text != NULL) {
        cctv_json_set(object, name, json_string(text));
    }
}

/* A request to the streaming plugin about one mountpoint. */
static json_t *ask(const char *what, int32_t camera,
                   const cctv_mountpoint_rules_t *rules)
{
    json_t *body = json_pack("{s:s, s:i}", "request", what, "id", camera);

    add_text(&body, "secret", rules->secret);
    return body;
}

/* @return the text after a mark; NULL: the text does not start with this
 *         mark */
static const char *behind(const char *text, const char *mark)
{
    size_t len = strlen(mark);

    return strncmp(text, mark, len) == 0 ? text + len : NULL;
}

/* Whether a mountpoint was made less than CCTV_MOUNTPOINT_STALE ago.
 * @param made  the text after MARK_RTP or MARK_RTSP */
static bool is_new(const char *made)
{
    char *end;
    long long then = strtoll(made, &end, 10);
    long long now = cctv_now() / 1000000;

    return *end == ' ' && strcmp(end + 1, boot_id()) == 0 && then <= now
           && then >= now - CCTV_MOUNTPOINT_STALE / 1000;
}

/* @return whether it is a mountpoint of mod_cctv */
static bool read_entry(const json_t *entry, cctv_mountpoint_t *out)
{
    const char *text = json_string_value(json_object_get(entry, "metadata"));
    const char *mark = text == NULL ? "" : text;
    const char *rtsp = behind(mark, MARK_RTSP);
    const char *made = rtsp != NULL ? rtsp : behind(mark, MARK_RTP);
    const char *pin = json_string_value(json_object_get(entry, "pin"));
    json_int_t id = json_integer_value(json_object_get(entry, "id"));
    const json_t *age = json_object_get(
        json_array_get(json_object_get(entry, "media"), 0), "age_ms");

    out->camera = id > 0 && id <= INT32_MAX ? (int32_t)id : 0;
    out->is_pulled = rtsp != NULL;
    out->is_new = made != NULL && is_new(made);
    out->age = json_is_integer(age) ? json_integer_value(age) : -1;
    snprintf(out->pin, sizeof out->pin, "%s", pin == NULL ? "" : pin);
    out->is_ours = made != NULL && out->camera != 0;
    return out->is_ours;
}

bool cctv_mountpoint_is_stale(const cctv_mountpoint_t *mountpoint)
{
    return !mountpoint->is_new
           && (mountpoint->age > CCTV_MOUNTPOINT_STALE
               || (mountpoint->is_pulled && mountpoint->age < 0));
}

cctv_mountpoint_status_t
cctv_mountpoint_find(cctv_janus_session_t *session,
                     const cctv_mountpoint_rules_t *rules, int32_t camera,
                     cctv_mountpoint_t *out, cctv_janus_status_t *status)
{
    json_t *reply = NULL;
    const json_t *info;

    *status = cctv_janus_message(session, ask("info", camera, rules), NULL,
                                 &reply);
    if (*status == CCTV_JANUS_REFUSED
        && session->code == CCTV_JANUS_NO_MOUNTPOINT) {
        return CCTV_MOUNTPOINT_MISSING;
    }
    if (*status != CCTV_JANUS_OK) {
        return CCTV_MOUNTPOINT_FAILED;
    }
    info = json_object_get(reply, "info");
    if (info == NULL) {
        json_decref(reply);
        return failed(CCTV_JANUS_WRONG, status);
    }
    read_entry(info, out);
    json_decref(reply);
    return CCTV_MOUNTPOINT_OK;
}

/* ---- Making a mountpoint ---- */

static bool draw_pin(char *pin)
{
    uint64_t random[2];

    if (getrandom(random, sizeof random, 0) != sizeof random) {
        return false;
    }
    snprintf(pin, CCTV_PIN_SIZE, "%016llx%016llx",
             (unsigned long long)random[0], (unsigned long long)random[1]);
    return true;
}

/* The format parameters, which an RTP stream does not contain. Level 3.1 is
 * enough for any sub-stream (RFC 6184). */
static const char *format_of(const char *profile)
{
    if (profile != NULL && strcasecmp(profile, "Main") == 0) {
        return "profile-level-id=4d401f;packetization-mode=1";
    }
    if (profile != NULL && strcasecmp(profile, "High") == 0) {
        return "profile-level-id=64001f;packetization-mode=1";
    }
    return "profile-level-id=42e01f;packetization-mode=1";
}

static void add_mark(json_t **body, const char *mark)
{
    char text[MARK_SIZE];

    snprintf(text, sizeof text, "%s%lld %s", mark,
             (long long)(cctv_now() / 1000000), boot_id());
    add_text(body, "metadata", text);
}

static void describe_rtp(json_t **body, const cctv_stream_url_t *url,
                         const char *profile)
{
    json_t *media = json_pack("{s:s, s:s, s:i, s:i, s:s, s:s, s:b}", "type",
                              "video", "mid", "v", "port", url->port, "pt",
                              PAYLOAD_TYPE, "codec", "h264", "fmtp",
                              format_of(profile), "bufferkf", 1);

    if (url->kind == CCTV_STREAM_GROUP) {
        add_text(&media, "mcast", url->host);
    }
    else if (url->kind == CCTV_STREAM_ADDRESS) {
        add_text(&media, "iface", url->host);
    }
    add_text(body, "type", "rtp");
    add_mark(body, MARK_RTP);
    cctv_json_set(body, "media", json_pack("[o]", media));
}

static void describe_rtsp(json_t **body, const cctv_mountpoint_rules_t *rules,
                          const cctv_feed_t *feed)
{
    add_text(body, "type", "rtsp");
    add_mark(body, MARK_RTSP);
    add_text(body, "url", feed->url);
    add_text(body, "rtsp_user", feed->user);
    add_text(body, "rtsp_pwd", feed->password);
    cctv_json_set(body, "video", json_true());
    cctv_json_set(body, "audio", json_false());
    cctv_json_set(body, "videobufferkf", json_true());
    cctv_json_set(body, "rtsp_failcheck", json_true());
    cctv_json_set(body, "rtsp_reconnect_delay", json_integer(RECONNECT_DELAY));
    cctv_json_set(body, "rtsp_conn_timeout", json_integer(CONNECT_TIME));
    cctv_json_set(body, "rtsp_timeout", json_integer(rules->cold_seconds));
    /* Janus sends TEARDOWN in the thread that releases the mountpoint last.
     * With a relay thread this is usually the relay thread. Without one, Janus
     * blocks all viewers until the camera has answered. */
    cctv_json_set(body, "threads", json_integer(RELAY_THREADS));
}

/* @param out  written on success; NULL: there is no memory
 * @return false: Janus cannot use this URL */
static bool describe(const cctv_mountpoint_rules_t *rules, int32_t camera,
                     const cctv_feed_t *feed, json_t **out)
{
    cctv_stream_url_t url;
    char pin[CCTV_PIN_SIZE];
    json_t *body;

    /* Janus joins IPv4 multicast groups only. It would treat an IPv6 group as
     * "any address". */
    if (!cctv_stream_url_parse(feed->url, &url)
        || (url.kind == CCTV_STREAM_GROUP && url.is_ipv6)
        || (rules->is_pinned && !draw_pin(pin))) {
        return false;
    }
    body = ask("create", camera, rules);
    add_text(&body, "admin_key", rules->secret);
    add_text(&body, "description", "camera of mod_cctv");
    cctv_json_set(&body, "is_private", json_true());
    if (rules->is_pinned) {
        add_text(&body, "pin", pin);
    }
    if (url.scheme == CCTV_STREAM_RTP) {
        describe_rtp(&body, &url, feed->profile);
    }
    else {
        describe_rtsp(&body, rules, feed);
    }
    *out = body;
    return true;
}

cctv_mountpoint_status_t
cctv_mountpoint_make(cctv_janus_session_t *session,
                     const cctv_mountpoint_rules_t *rules, int32_t camera,
                     const cctv_feed_t *feed, cctv_janus_status_t *status)
{
    json_t *body;
    json_t *reply = NULL;

    if (!describe(rules, camera, feed, &body)) {
        return CCTV_MOUNTPOINT_OFFLINE;
    }
    *status = cctv_janus_message(session, body, NULL, &reply);
    json_decref(reply);
    if (*status == CCTV_JANUS_REFUSED
        && session->code == CCTV_JANUS_CANNOT_CREATE) {
        /* Janus uses this code for two errors. */
        return strstr(session->reason, "already exists") != NULL
                   ? CCTV_MOUNTPOINT_BUSY
                   : CCTV_MOUNTPOINT_OFFLINE;
    }
    return *status == CCTV_JANUS_OK ? CCTV_MOUNTPOINT_OK
                                    : CCTV_MOUNTPOINT_FAILED;
}

/* ---- Watching a mountpoint ---- */

static cctv_mountpoint_status_t
not_watched(const cctv_janus_session_t *session)
{
    switch (session->code) {
    case CCTV_JANUS_NO_MOUNTPOINT:
        return CCTV_MOUNTPOINT_MISSING;
    case INVALID_REQUEST:      /* "Can't offer an SDP": no packet yet */
    case CCTV_JANUS_WRONG_KEY: /* the pin has changed meanwhile */
        return CCTV_MOUNTPOINT_BUSY;
    default:
        return CCTV_MOUNTPOINT_FAILED;
    }
}

static char *offer_of(const json_t *event)
{
    const json_t *jsep = json_object_get(event, "jsep");
    const char *type = json_string_value(json_object_get(jsep, "type"));
    const char *sdp = json_string_value(json_object_get(jsep, "sdp"));

    return type != NULL && sdp != NULL && strcmp(type, "offer") == 0
               ? strdup(sdp)
               : NULL;
}

cctv_mountpoint_status_t cctv_mountpoint_watch(cctv_janus_session_t *session,
                                               int32_t camera, const char *pin,
                                               char **offer,
                                               cctv_janus_status_t *status)
{
    json_t *body = json_pack("{s:s, s:i}", "request", "watch", "id", camera);
    json_t *event = NULL;

    if (pin[0] != '\0') {
        add_text(&body, "pin", pin);
    }
    *status = cctv_janus_message(session, body, NULL, &event);
    json_decref(event);
    if (*status == CCTV_JANUS_OK) {
        *status = cctv_janus_event(session, &event);
    }
    if (*status == CCTV_JANUS_REFUSED) {
        return not_watched(session);
    }
    if (*status != CCTV_JANUS_OK) {
        return CCTV_MOUNTPOINT_FAILED;
    }
    *offer = offer_of(event);
    json_decref(event);
    return *offer == NULL ? failed(CCTV_JANUS_WRONG, status)
                          : CCTV_MOUNTPOINT_OK;
}

cctv_janus_status_t cctv_mountpoint_answer(cctv_janus_session_t *session,
                                           const char *sdp)
{
    json_t *reply = NULL;
    cctv_janus_status_t status = cctv_janus_message(
        session, json_pack("{s:s}", "request", "start"),
        json_pack("{s:s, s:s, s:b}", "type", "answer", "sdp", sdp, "trickle",
                  0),
        &reply);

    json_decref(reply);
    return status;
}

/* ---- Maintaining mountpoints ---- */

cctv_janus_status_t
cctv_mountpoint_change_pin(cctv_janus_session_t *session,
                           const cctv_mountpoint_rules_t *rules,
                           int32_t camera)
{
    json_t *body = ask("edit", camera, rules);
    json_t *reply = NULL;
    char pin[CCTV_PIN_SIZE];
    cctv_janus_status_t status;

    if (!draw_pin(pin)) {
        json_decref(body);
        return CCTV_JANUS_WRONG;
    }
    add_text(&body, "new_pin", pin);
    status = cctv_janus_message(session, body, NULL, &reply);
    json_decref(reply);
    return status;
}

cctv_janus_status_t
cctv_mountpoint_destroy(cctv_janus_session_t *session,
                        const cctv_mountpoint_rules_t *rules, int32_t camera)
{
    json_t *reply = NULL;
    json_int_t viewers;
    cctv_janus_status_t status = cctv_janus_message(
        session, ask("info", camera, rules), NULL, &reply);

    if (status != CCTV_JANUS_OK) {
        return status;
    }
    viewers = json_integer_value(
        json_object_get(json_object_get(reply, "info"), "viewers"));
    json_decref(reply);
    if (viewers > 0) {
        return CCTV_JANUS_OK;
    }
    reply = NULL;
    status = cctv_janus_message(session, ask("destroy", camera, rules), NULL,
                                &reply);
    json_decref(reply);
    return status;
}

cctv_janus_status_t cctv_mountpoint_list(
    cctv_janus_session_t *session, const cctv_mountpoint_rules_t *rules,
    void (*each)(void *context, const cctv_mountpoint_t *mountpoint),
    void *context)
{
    json_t *body = json_pack("{s:s}", "request", "list");
    json_t *reply = NULL;
    cctv_mountpoint_t mountpoint;
    cctv_janus_status_t status;
    const json_t *entry;
    size_t i;

    add_text(&body, "admin_key", rules->secret);
    status = cctv_janus_message(session, body, NULL, &reply);
    if (status != CCTV_JANUS_OK) {
        return status;
    }
    json_array_foreach(json_object_get(reply, "list"), i, entry)
    {
        if (read_entry(entry, &mountpoint)) {
            each(context, &mountpoint);
        }
    }
    json_decref(reply);
    return CCTV_JANUS_OK;
}
