/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file line.c
 * @brief Writes an event as a line of JSON.
 * Layer: pure.
 */
#include "events/line.h"

#include "geoip/country.h"
#include "json/writer.h"
#include "sdp/format.h"
#include "views/agent.h"
#include "views/reasons.h"
#include "views/view_table.h"

#include "apr_strings.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* The longest name of a server that is written: bytes. */
#define NODE_MAX 64

/* The bytes that all members together may take that are not text. */
#define PLAIN_MAX 1200

_Static_assert(CCTV_JSON_ESCAPED(NODE_MAX + sizeof((cctv_log_event_t *)0)->role
                                 + sizeof((cctv_log_event_t *)0)->user
                                 + sizeof((cctv_log_event_t *)0)->target
                                 + sizeof((cctv_log_event_t *)0)->why)
                       + PLAIN_MAX
                   <= CCTV_LINE_SIZE,
               "a line does not fit");

static char *add(char *at, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static char *add(char *at, const char *format, ...)
{
    va_list arguments;
    int n;

    va_start(arguments, format);
    n = apr_vsnprintf(at, PLAIN_MAX, format, arguments);
    va_end(arguments);
    return at + n;
}

/* @param text  from outside; "": the member is left out */
static char *add_text(char *at, const char *name, const char *text, size_t max)
{
    return text[0] == '\0' ? at
                           : cctv_json_put_string(add(at, ",\"%s\":", name),
                                                  text, strnlen(text, max));
}

/* RFC 3339 in UTC, with milliseconds. */
static char *add_time(char *at, const char *name, int64_t time)
{
    time_t seconds = (time_t)(time / 1000000);
    struct tm tm;
    char text[32];

    gmtime_r(&seconds, &tm);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
    return add(at, "%s\"%s\":\"%s.%03dZ\"", at[-1] == '{' ? "" : ",", name,
               text, (int)(time / 1000 % 1000));
}

static char *add_client(char *at, const cctv_event_client_t *client)
{
    char text[INET6_ADDRSTRLEN] = "";
    uint64_t hash;

    if (client->kind == CCTV_CLIENT_HASH) {
        memcpy(&hash, client->bytes, sizeof hash);
        snprintf(text, sizeof text, "%016" PRIx64, hash);
    }
    else if (client->kind == CCTV_CLIENT_ADDRESS) {
        inet_ntop(client->len == 4 ? AF_INET : AF_INET6, client->bytes, text,
                  sizeof text);
    }
    return add_text(at, "client", text, sizeof text);
}

/* What is known of the viewer and the camera. */
static char *add_view(char *at, const cctv_log_event_t *event)
{
    char id[CCTV_PUBLIC_ID_LENGTH + 1];

    if (event->view.high != 0) {
        cctv_public_id_text(event->view, id);
        at = add(at, ",\"view\":\"%s\"", id);
    }
    at = add(at, ",\"camera\":%" PRId32, event->camera);
    at = add_text(at, "role", event->role, sizeof event->role);
    if (event->started != 0) {
        at = add_time(at, "start", event->started);
    }
    if (event->kind == CCTV_EVENT_END) {
        at = add_time(at, "end", event->time);
        at = add(at, ",\"watched_seconds\":%" PRId64 ".%06d",
                 event->watched / 1000000, (int)(event->watched % 1000000));
        if (event->first_picture >= 0) {
            at = add(at, ",\"first_picture_seconds\":%" PRId64 ".%03d",
                     event->first_picture / 1000,
                     (int)(event->first_picture % 1000));
        }
        at = add(at, ",\"answered\":%s",
                 event->is_answered ? "true" : "false");
    }
    return add(at,
               ",\"country\":\"%s\",\"browser\":\"%s\",\"system\":\"%s\""
               ",\"transport\":\"%s\"",
               cctv_country_label(event->country).text,
               cctv_browser_name((cctv_browser_t)event->browser),
               cctv_os_name((cctv_os_t)event->os),
               cctv_transport_labels[event->transport < CCTV_TRANSPORT_COUNT
                                         ? event->transport
                                         : 0]);
}

static const char *const names[] = { [CCTV_EVENT_NONE] = "none",
                                     [CCTV_EVENT_START] = "start",
                                     [CCTV_EVENT_END] = "end",
                                     [CCTV_EVENT_REFUSED] = "refused",
                                     [CCTV_EVENT_ACTION] = "action" };

static char *begin(char *out, int64_t time, const char *name)
{
    *out = '{';
    return add(add_time(out + 1, "time", time), ",\"event\":\"%s\"", name);
}

static size_t end(char *out, char *at, const cctv_line_frame_t *frame)
{
    at = add_text(at, "node", frame->node, NODE_MAX);
    if (frame->chain != NULL) {
        at = add(at, ",\"number\":%" PRIu64 ",\"chain\":\"%s\"", frame->number,
                 frame->chain);
    }
    at = add(at, "}\n");
    return (size_t)(at - out);
}

size_t cctv_line_write(const cctv_log_event_t *event,
                       const cctv_line_frame_t *frame, char *out)
{
    char *at = begin(
        out, event->time,
        names[event->kind <= CCTV_EVENT_ACTION ? event->kind : 0]);

    if (event->kind != CCTV_EVENT_ACTION) {
        at = add_view(at, event);
    }
    at = add_text(at, "action", event->action, sizeof event->action);
    at = add_text(at, "target", event->target, sizeof event->target);
    at = add_text(at, "reason", event->reason, sizeof event->reason);
    at = add_text(at, "reason", event->why, sizeof event->why);
    at = add_text(at, "user", event->user, sizeof event->user);
    at = add_client(at, &event->client);
    return end(out, at, frame);
}

size_t cctv_line_write_missing(uint64_t missing, int64_t time,
                               const cctv_line_frame_t *frame, char *out)
{
    return end(
        out, add(begin(out, time, "dropped"), ",\"lines\":%" PRIu64, missing),
        frame);
}
