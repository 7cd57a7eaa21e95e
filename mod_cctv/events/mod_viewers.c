/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_viewers.c
 * @brief What events tell of a request: the user and the client's address.
 * Layer: httpd.
 */
#include "events/mod_viewers.h"

#include "events/mod_settings.h"
#include "memory/mod_part.h"
#include "views/mod_admission.h"
#include "views/mod_event_log.h"
#include "views/view_listener.h"

#include "apr_time.h"

#include <string.h>

/* How long an end waits for room in the queue: µs. Meanwhile its slot is taken.
 * The writer makes room every 0.1 s, unless a disk holds it up. */
#define END_PATIENCE 10000000

static const cctv_view_events_t *heard;

/* ---- Views ---- */

static void start(const cctv_view_t *view)
{
    cctv_view_events_start(heard, view, apr_time_now());
}

static void ending(const cctv_view_t *view, cctv_ended_t reason)
{
    cctv_view_events_ending(heard, view, reason);
}

static bool end(const cctv_view_t *view, cctv_ended_t reason, cctv_time_t at)
{
    bool is_told = cctv_view_events_end(heard, view, cctv_ended_labels[reason],
                                        apr_time_now() - (cctv_now() - at));

    if (!is_told) {
        cctv_view_events_ending(heard, view, reason);
    }
    return is_told;
}

static bool abandoned(const cctv_view_t *view)
{
    return cctv_view_events_abandoned(heard, view, apr_time_now(),
                                      cctv_now() - view->last > END_PATIENCE);
}

static void picture(const cctv_view_t *view, int64_t after)
{
    cctv_view_events_picture(heard, view, after);
}

static const cctv_view_listener_t listener = { .start = start,
                                               .ending = ending,
                                               .end = end,
                                               .abandoned = abandoned,
                                               .picture = picture };

/* ---- Requests ---- */

static bool is_on(void)
{
    return cctv_events_are_on(heard->events);
}

static cctv_event_client_t client_of(const request_rec *r, const char *how)
{
    cctv_event_client_t client = { .kind = CCTV_CLIENT_OFF };
    size_t len;
    const unsigned char *address = cctv_admission_address(r, &len);
    uint64_t hash;

    if (how != NULL && strcmp(how, "hash") == 0) {
        hash = cctv_keyed_hash(address, len);
        client.kind = CCTV_CLIENT_HASH;
        client.len = sizeof hash;
        memcpy(client.bytes, &hash, sizeof hash);
    }
    else if (how != NULL && len <= sizeof client.bytes) {
        client.kind = CCTV_CLIENT_ADDRESS;
        client.len = (uint8_t)len;
        memcpy(client.bytes, address, len);
    }
    return client;
}

static void describe(request_rec *r, const cctv_viewer_t *viewer,
                     const cctv_view_t *view)
{
    const cctv_events_settings_t *settings = cctv_events_settings(r->server);
    cctv_event_details_t details = { .client = client_of(r,
                                                         settings->client) };

    cctv_event_set(details.role, sizeof details.role, viewer->role_name);
    cctv_event_set(details.user, sizeof details.user,
                   settings->has_user ? r->user : NULL);
    cctv_view_events_describe(heard, view->index, &details);
}

static void refused(request_rec *r, const cctv_viewer_t *viewer,
                    const char *reason)
{
    const cctv_events_settings_t *settings = cctv_events_settings(r->server);
    cctv_log_event_t event = { .kind = CCTV_EVENT_REFUSED,
                               .time = apr_time_now(),
                               .camera = viewer->camera,
                               .country = viewer->country,
                               .browser = viewer->browser,
                               .os = viewer->os,
                               .transport = (uint8_t)viewer->transport,
                               .client = client_of(r, settings->client) };

    cctv_event_set(event.role, sizeof event.role, viewer->role_name);
    cctv_event_set(event.reason, sizeof event.reason, reason);
    cctv_event_set(event.user, sizeof event.user,
                   settings->has_user ? r->user : NULL);
    cctv_events_put(heard->events, &event, CCTV_QUEUE_SPARE);
}

static const cctv_event_log_ops_t ops = { .is_on = is_on,
                                          .describe = describe,
                                          .refused = refused };

void cctv_viewers_listen(const cctv_view_events_t *views)
{
    heard = views;
    cctv_view_set_listener(&listener);
    cctv_event_log_register(&ops);
}
