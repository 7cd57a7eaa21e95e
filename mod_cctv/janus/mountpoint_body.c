/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mountpoint_body.c
 * @brief Writes the messages to the streaming plugin about one mountpoint.
 * Layer: pure.
 */
#include "janus/mountpoint_body.h"

#include "janus/mark.h"
#include "janus/stream_url.h"
#include "json/member.h"
#include "sdp/format.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

/* Janus reconnects to a camera that has sent nothing for this time: s. When
 * Janus destroys a mountpoint whose camera it has lost, it waits for the same
 * time. */
#define RECONNECT_DELAY 2

#define RELAY_THREADS 1

/* How long Janus waits for a TCP connection to a camera: s. */
#define CONNECT_TIME 2

/* A dynamic payload type (RFC 3551). */
#define PAYLOAD_TYPE 96

void cctv_mountpoint_text(json_t **object, const char *name, const char *text)
{
    if (text != NULL) {
        cctv_json_set(object, name, json_string(text));
    }
}

json_t *cctv_mountpoint_ask(const char *what, int64_t id,
                            const cctv_mountpoint_rules_t *rules)
{
    json_t *body = json_pack("{s:s, s:I}", "request", what, "id",
                             (json_int_t)id);

    cctv_mountpoint_text(&body, "secret", rules->secret);
    return body;
}

bool cctv_pin_draw(char *pin)
{
    uint64_t random[2];

    if (getrandom(random, sizeof random, 0) != sizeof random) {
        return false;
    }
    snprintf(pin, CCTV_PIN_SIZE, "%016llx%016llx",
             (unsigned long long)random[0], (unsigned long long)random[1]);
    return true;
}

static void add_mark(json_t **body, bool is_pulled)
{
    char mark[CCTV_MARK_SIZE];

    cctv_mark_write(is_pulled, mark);
    cctv_mountpoint_text(body, "metadata", mark);
}

static const cctv_format_t *format_of(const cctv_feed_t *feed)
{
    return cctv_format(feed->codec == CCTV_CODEC_UNKNOWN ? CCTV_CODEC_H264
                                                         : feed->codec);
}

static void describe_rtp(json_t **body, const cctv_stream_url_t *url,
                         const cctv_format_t *format)
{
    json_t *media = json_pack("{s:s, s:s, s:i, s:i, s:s, s:s, s:b}", "type",
                              "video", "mid", "v", "port", url->port, "pt",
                              PAYLOAD_TYPE, "codec", format->janus, "fmtp",
                              format->fmtp, "bufferkf", 1);

    if (url->kind == CCTV_STREAM_GROUP) {
        cctv_mountpoint_text(&media, "mcast", url->host);
    }
    else if (url->kind == CCTV_STREAM_ADDRESS) {
        cctv_mountpoint_text(&media, "iface", url->host);
    }
    cctv_mountpoint_text(body, "type", "rtp");
    add_mark(body, false);
    cctv_json_set(body, "media", json_pack("[o]", media));
}

static void describe_rtsp(json_t **body, const cctv_mountpoint_rules_t *rules,
                          const cctv_feed_t *feed)
{
    cctv_mountpoint_text(body, "type", "rtsp");
    add_mark(body, true);
    cctv_mountpoint_text(body, "url", feed->url);
    cctv_mountpoint_text(body, "rtsp_user", feed->user);
    cctv_mountpoint_text(body, "rtsp_pwd", feed->password);
    cctv_json_set(body, "video", json_true());
    cctv_json_set(body, "audio", json_false());
    cctv_json_set(body, "videobufferkf", json_true());
    /* Without it Janus passes on what the camera announces. The codec, on the
     * other hand, is always the one that the camera announces. */
    cctv_mountpoint_text(body, "videofmtp", format_of(feed)->fmtp);
    /* If the camera has no stream at its full URL, Janus asks for the path. */
    cctv_json_set(body, "rtsp_quirk", json_true());
    cctv_json_set(body, "rtsp_failcheck", json_true());
    cctv_json_set(body, "rtsp_reconnect_delay", json_integer(RECONNECT_DELAY));
    cctv_json_set(body, "rtsp_conn_timeout", json_integer(CONNECT_TIME));
    cctv_json_set(body, "rtsp_timeout", json_integer(rules->cold_seconds));
    /* Janus sends TEARDOWN in the thread that releases the mountpoint last.
     * With a relay thread this is usually the relay thread. Without one, Janus
     * blocks all viewers until the camera has answered. */
    cctv_json_set(body, "threads", json_integer(RELAY_THREADS));
}

bool cctv_mountpoint_describe(const cctv_mountpoint_rules_t *rules, int64_t id,
                              const cctv_feed_t *feed, json_t **out)
{
    cctv_stream_url_t url;
    char pin[CCTV_PIN_SIZE];
    json_t *body;

    /* Janus joins IPv4 multicast groups only. It would treat an IPv6 group as
     * "any address". */
    if (format_of(feed)->janus == NULL
        || !cctv_stream_url_parse(feed->url, &url)
        || (url.kind == CCTV_STREAM_GROUP && url.is_ipv6)
        || (rules->is_pinned && !cctv_pin_draw(pin))) {
        return false;
    }
    body = cctv_mountpoint_ask("create", id, rules);
    cctv_mountpoint_text(&body, "admin_key", rules->secret);
    cctv_mountpoint_text(&body, "description", "camera of mod_cctv");
    cctv_json_set(&body, "is_private", json_true());
    if (rules->is_pinned) {
        cctv_mountpoint_text(&body, "pin", pin);
    }
    if (url.scheme == CCTV_STREAM_RTP) {
        describe_rtp(&body, &url, format_of(feed));
    }
    else {
        describe_rtsp(&body, rules, feed);
    }
    *out = body;
    return true;
}
