/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_proxied.c
 * @brief What Janus's events say about the Janus sessions of browsers (proxy
 *        transport).
 * Layer: httpd.
 */
#include "video/mod_proxied.h"

#include "core/mod_log.h"
#include "video/mod_lifecycle.h"
#include "video/mod_part.h"
#include "views/mod_part.h"

#include "http_main.h"

#include <stdlib.h>
#include <string.h>

/* Types of events (Janus's events/eventhandler.h): about a handle, with an
 * SDP, and from a plugin. */
#define TYPE_HANDLE 2
#define TYPE_JSEP   8
#define TYPE_PLUGIN 64

/* The streaming plugin writes the mountpoint into each offer. This is the only
 * event about `watch`. */
#define NAME_LINE "\ns=Mountpoint "

static cctv_proxied_rules_t proxied_rules(void)
{
    return (cctv_proxied_rules_t){ .views = cctv_views(),
                                   .proxied = &cctv_video_memory()->proxied,
                                   .secret = cctv_video()->settings.secret };
}

static uint64_t id_at(const json_t *event, const char *name)
{
    json_int_t id = json_integer_value(json_object_get(event, name));

    return id > 0 ? (uint64_t)id : 0;
}

static const char *text_at(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text == NULL ? "" : text;
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

static void take_handle(const cctv_proxied_rules_t *rules, const json_t *event)
{
    const json_t *what = json_object_get(event, "event");
    const char *name = text_at(what, "name");
    uint64_t janus = id_at(event, "session_id");
    cctv_proxied_verdict_t verdict;
    int32_t camera = 0;

    if (strcmp(name, "attached") == 0) {
        verdict = cctv_proxied_attached(rules, janus,
                                        id_at(event, "handle_id"),
                                        text_at(what, "token"),
                                        cctv_moment_now(), &camera);
        log_verdict(verdict, camera, 0);
    }
    else if (strcmp(name, "detached") == 0) {
        cctv_proxied_detached(rules, janus, text_at(what, "token"),
                              cctv_moment_now());
    }
}

static void take_mountpoint(const cctv_proxied_rules_t *rules,
                            const json_t *event, int64_t mountpoint)
{
    cctv_proxied_verdict_t verdict;
    int32_t camera = 0;

    verdict = cctv_proxied_watches(rules, id_at(event, "session_id"),
                                   mountpoint, cctv_moment_now(), &camera);
    log_verdict(verdict, camera, mountpoint);
}

static void take_jsep(const cctv_proxied_rules_t *rules, const json_t *event)
{
    const json_t *what = json_object_get(event, "event");
    const char *name = strstr(text_at(json_object_get(what, "jsep"), "sdp"),
                              NAME_LINE);

    if (name != NULL && strcmp(text_at(what, "owner"), "local") == 0) {
        take_mountpoint(rules, event,
                        strtoll(name + strlen(NAME_LINE), NULL, 10));
    }
}

static void take_plugin(const cctv_proxied_rules_t *rules, const json_t *event)
{
    const json_t *data = json_object_get(json_object_get(event, "event"),
                                         "data");
    const json_t *id = json_object_get(data, "id");

    if (text_at(data, "status")[0] != '\0' && json_is_integer(id)) {
        take_mountpoint(rules, event, json_integer_value(id));
    }
}

void cctv_proxied_event(const json_t *event)
{
    cctv_proxied_rules_t rules = proxied_rules();

    switch (json_integer_value(json_object_get(event, "type"))) {
    case TYPE_HANDLE:
        take_handle(&rules, event);
        break;
    case TYPE_JSEP:
        take_jsep(&rules, event);
        break;
    case TYPE_PLUGIN:
        take_plugin(&rules, event);
        break;
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
