/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file event_media.c
 * @brief Takes the events of Janus that tell how the media of a view are.
 * Layer: pure.
 */
#include "video/event_media.h"

#include "video/feedback.h"
#include "video/media.h"

#include <string.h>

static bool is_named(const cctv_event_t *event, const char *name)
{
    return strcmp(cctv_event_text(event->event, "name"), name) == 0;
}

void cctv_event_session(cctv_views_t *shared, const cctv_event_t *event)
{
    cctv_view_t view;

    if ((is_named(event, "destroyed") || is_named(event, "timeout"))
        && cctv_event_view(shared, event, &view)) {
        cctv_media_lost(shared, &view, event->at);
    }
}

void cctv_event_handle(cctv_views_t *shared, const cctv_event_t *event)
{
    cctv_view_t view;

    if (event->handle != 0 && is_named(event, "detached")
        && cctv_event_view(shared, event, &view)) {
        cctv_media_lost(shared, &view, event->at);
    }
}

/* Janus notices only after some time that ICE has failed, so the viewer
 * received nothing until then. */
static bool was_on(const cctv_event_t *event)
{
    return strstr(cctv_event_text(event->event, "reason"), "ICE") == NULL;
}

void cctv_event_webrtc(cctv_views_t *shared, const cctv_event_t *event)
{
    const char *connection = cctv_event_text(event->event, "connection");
    cctv_view_t view;

    if (event->handle == 0 || !cctv_event_view(shared, event, &view)) {
        return;
    }
    if (strcmp(connection, "webrtcup") == 0) {
        cctv_media_up(shared, &view, event->at);
    }
    else if (strcmp(connection, "hangup") == 0) {
        cctv_media_over(shared, &view, was_on(event), event->at);
    }
}

/* Janus sends one event for each medium, or with combine_media_stats one with
 * an array. The mountpoints have one video. */
static const json_t *video_of(const json_t *stats)
{
    const json_t *each;
    size_t i;

    if (json_is_object(stats)) {
        return strcmp(cctv_event_text(stats, "media"), "video") == 0 ? stats
                                                                     : NULL;
    }
    json_array_foreach(stats, i, each)
    {
        if (strcmp(cctv_event_text(each, "media"), "video") == 0) {
            return each;
        }
    }
    return NULL;
}

/* Janus sends them also before the connection is up, and "receiving" of media
 * that viewers do not send. */
void cctv_event_media(cctv_views_t *shared, const cctv_event_t *event)
{
    const json_t *video = video_of(event->event);
    cctv_view_t view;

    if (event->handle != 0 && json_object_get(video, "base") != NULL
        && json_integer_value(json_object_get(video, "packets-sent")) > 0
        && cctv_event_view(shared, event, &view)) {
        cctv_media_sent(shared, &view, 0, cctv_feedback_of(video), event->at);
    }
}
