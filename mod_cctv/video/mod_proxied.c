/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_proxied.c
 * @brief Takes the events of Janus that tell what the Janus sessions of
 *        browsers (proxy transport) do.
 * Layer: httpd.
 */
#include "video/mod_proxied.h"

#include "core/mod_log.h"
#include "janus/mountpoint_id.h"
#include "video/mod_lifecycle.h"
#include "video/mod_part.h"
#include "video/token.h"
#include "views/mod_part.h"

#include "http_main.h"

#include <string.h>

/* Find the view whose token an event has.
 * @return false: the token is not right any more */
static bool find_by_token(cctv_views_t *shared, const cctv_event_t *event,
                          cctv_view_t *view)
{
    char id[CCTV_VIEW_ID_LENGTH + 1];
    int64_t expiry;

    return cctv_token_check(cctv_video()->settings.secret,
                            cctv_event_text(event->event, "token"), id,
                            &expiry)
           && expiry >= apr_time_sec(apr_time_now())
           && cctv_view_table_find(&shared->table, id, view)
           && view->transport == CCTV_TRANSPORT_PROXY;
}

/* If several Janus sessions use the same token, the first one is the Janus
 * session of the view. */
void cctv_proxied_handle(cctv_views_t *shared, const cctv_event_t *event)
{
    cctv_proxied_t *proxied = &cctv_video_memory()->proxied;
    const char *name = cctv_event_text(event->event, "name");
    cctv_view_t view;

    if (event->session == 0) {
        return;
    }
    if (strcmp(name, "detached") == 0) {
        cctv_proxied_remove(proxied, event->session);
    }
    else if (strcmp(name, "attached") == 0
             && find_by_token(shared, event, &view)) {
        cctv_proxied_put(proxied, event->session, view.camera);
        if (cctv_view_attach(shared, &view, event->session, event->handle)) {
            cctv_view_beat(shared, &view, event->at);
        }
    }
}

static void end_view_of(cctv_views_t *shared, const cctv_event_t *event)
{
    cctv_view_t view;

    while (cctv_view_index_find(&shared->index, &shared->table, event->session,
                                &view)
           && view.transport == CCTV_TRANSPORT_PROXY
           && !cctv_view_end(shared, &view, CCTV_ENDED_DENIED, event->at)) {
    }
}

/* Janus accepts a token for every mountpoint. So a Janus session that watches
 * another camera than its view is destroyed here. */
void cctv_proxied_plugin(cctv_views_t *shared, const cctv_event_t *event)
{
    cctv_proxied_t *proxied = &cctv_video_memory()->proxied;
    const json_t *data = json_object_get(event->event, "data");
    const json_t *id = json_object_get(data, "id");
    int32_t camera = cctv_proxied_get(proxied, event->session);

    if (camera == 0 || cctv_event_text(data, "status")[0] == '\0'
        || !json_is_integer(id)
        || cctv_mountpoint_camera(json_integer_value(id)) == camera) {
        return;
    }
    CCTV_LOG_S(APLOG_WARNING, 0, ap_server_conf, "CCTV0071",
               "a browser with the token of a view of camera %d watches "
               "mountpoint %" JSON_INTEGER_FORMAT " of Janus: its Janus "
               "session is destroyed",
               camera, json_integer_value(id));
    cctv_proxied_remove(proxied, event->session);
    cctv_discard_put(&shared->discarded, event->session);
    end_view_of(shared, event);
}
