/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_proxied.c
 * @brief What Janus's events say about the Janus sessions of browsers (proxy
 *        transport).
 * Layer: httpd.
 */
#include "video/mod_proxied.h"

#include "core/mod_log.h"
#include "janus/mountpoint_id.h"
#include "video/mod_lifecycle.h"
#include "video/mod_part.h"
#include "views/mod_part.h"

#include "http_main.h"

#include <stdlib.h>
#include <string.h>

/* The streaming plugin writes the mountpoint into each offer. This is the only
 * event about `watch`. */
#define NAME_LINE "\ns=Mountpoint "

static cctv_proxied_rules_t proxied_rules(void)
{
    return (cctv_proxied_rules_t){ .views = cctv_views(),
                                   .old_pins = &cctv_video_memory()->old_pins,
                                   .secret = cctv_video()->settings.secret };
}

/* @param mountpoint  0: unknown */
static void log_verdict(cctv_proxied_verdict_t verdict, int32_t camera,
                        int64_t mountpoint)
{
    server_rec *s = ap_server_conf;

    switch (verdict) {
    case CCTV_PROXIED_FINE:
    case CCTV_PROXIED_NOT_OURS:
        break;
    case CCTV_PROXIED_REPLACED:
        CCTV_LOG_S(APLOG_INFO, 0, s, "CCTV0130",
                   "a browser has begun another Janus session for its view of "
                   "camera %d: the older one is destroyed",
                   camera);
        break;
    case CCTV_PROXIED_STALE:
        CCTV_LOG_S(APLOG_INFO, 0, s, "CCTV0131",
                   "a browser uses the token of a view that has ended: its "
                   "Janus session is destroyed");
        break;
    case CCTV_PROXIED_SHARED:
        CCTV_LOG_S(APLOG_INFO, 0, s, "CCTV0132",
                   "a browser with a view of camera %d uses its Janus session "
                   "for more than one handle or view: the Janus session is "
                   "destroyed",
                   camera);
        break;
    case CCTV_PROXIED_OTHER:
        CCTV_LOG_S(APLOG_WARNING, 0, s, "CCTV0071",
                   "a browser with the token of a view of camera %d watches "
                   "mountpoint %" APR_INT64_T_FMT " of Janus: its Janus "
                   "session is destroyed",
                   camera, mountpoint);
        break;
    }
}

static void log_failed(const char *why)
{
    CCTV_LOG_S(APLOG_WARNING, 0, ap_server_conf, "CCTV0133",
               "Janus's admin API does not list Janus's sessions (%s), so "
               "Janus sessions of browsers that no event has reported go on: "
               "is CCTVJanusAdminURL right, and is the secret of "
               "CCTVJanusSecretFile its admin_secret (janus.jcfg)?",
               why);
}

void cctv_proxied_handle(cctv_views_t *shared, const cctv_event_t *event)
{
    const cctv_proxied_rules_t rules = proxied_rules();
    cctv_proxied_verdict_t verdict;
    int32_t camera = 0;

    (void)shared;
    if (strcmp(cctv_event_text(event->event, "name"), "attached") == 0) {
        verdict = cctv_proxied_attached(&rules, event->session, event->handle,
                                        cctv_event_text(event->event, "token"),
                                        cctv_moment_now(), &camera);
        log_verdict(verdict, camera, 0);
    }
}

static void take_mountpoint(const cctv_event_t *event, int64_t mountpoint)
{
    const cctv_proxied_rules_t rules = proxied_rules();
    cctv_proxied_verdict_t verdict;
    int32_t camera = 0;

    verdict = cctv_proxied_watches(&rules, event->session, mountpoint,
                                   cctv_moment_now(), &camera);
    log_verdict(verdict, camera, mountpoint);
}

void cctv_proxied_jsep(cctv_views_t *shared, const cctv_event_t *event)
{
    const json_t *jsep = json_object_get(event->event, "jsep");
    const char *name = strstr(cctv_event_text(jsep, "sdp"), NAME_LINE);

    (void)shared;
    if (name != NULL
        && strcmp(cctv_event_text(event->event, "owner"), "local") == 0) {
        take_mountpoint(event, strtoll(name + strlen(NAME_LINE), NULL, 10));
    }
}

void cctv_proxied_plugin(cctv_views_t *shared, const cctv_event_t *event)
{
    const json_t *data = json_object_get(event->event, "data");
    const json_t *id = json_object_get(data, "id");

    (void)shared;
    if (cctv_event_text(data, "status")[0] != '\0' && json_is_integer(id)) {
        take_mountpoint(event, json_integer_value(id));
    }
}

void cctv_proxied_check_init(cctv_proxied_check_t *check,
                             cctv_keeper_t *keeper)
{
    *check = (cctv_proxied_check_t){ .keeper = keeper,
                                     .rules = proxied_rules(),
                                     .found = log_verdict,
                                     .failed = log_failed };
}
