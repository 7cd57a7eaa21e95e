/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.c
 * @brief The events part of the module.
 * Layer: httpd.
 */
#include "events/mod_part.h"

#include "core/mod_log.h"
#include "events/families.h"
#include "events/mod_action.h"
#include "events/mod_logs.h"
#include "events/mod_settings.h"
#include "views/mod_settings.h"

#include "apr_time.h"
#include "http_config.h"

/* How often events are written: µs. */
#define WRITE_INTERVAL 100000

static cctv_events_t *shared;

void cctv_event_action(const char *user, const char *action,
                       const char *target, const char *reason)
{
    cctv_log_event_t event = { .kind = CCTV_EVENT_ACTION,
                               .time = apr_time_now() };

    cctv_event_set(event.user, sizeof event.user, user);
    cctv_event_set(event.action, sizeof event.action, action);
    cctv_event_set(event.target, sizeof event.target, target);
    cctv_event_set(event.why, sizeof event.why, reason);
    cctv_events_put(shared, &event, 0);
}

static uint32_t max_sessions(const server_rec *s)
{
    return (uint32_t)cctv_views_settings(s)->max_sessions;
}

static void memory_opened(const cctv_segment_t *segment)
{
    shared = cctv_events_open(segment);
}

static int post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                       server_rec *s)
{
    (void)plog;
    (void)ptemp;
    if (shared != NULL) {
        cctv_logs_begin(pconf, s, shared, NULL);
    }
    return OK;
}

static void register_hooks(apr_pool_t *p)
{
    (void)p;
    ap_hook_open_logs(cctv_logs_open, NULL, NULL, APR_HOOK_MIDDLE);
}

static bool scrape_begin(request_rec *r, cctv_scrape_t *scrape)
{
    (void)r;
    scrape->context = shared;
    return true;
}

static const cctv_task_t tasks[] = { { .name = "events",
                                       .interval = WRITE_INTERVAL,
                                       .run = cctv_logs_write,
                                       .has_thread = true },
                                     { .name = NULL } };

const cctv_part_t cctv_events_part = {
    .name = "events",
    .settings = &cctv_events_settings_group,
    .region = &cctv_events_region,
    .capacity = max_sessions,
    .memory_opened = memory_opened,
    .post_config = post_config,
    .register_hooks = register_hooks,
    .tasks = tasks,
    .families = cctv_events_families,
    .scrape_begin = scrape_begin,
};
