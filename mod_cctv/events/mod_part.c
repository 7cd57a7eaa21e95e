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
#include "events/mod_viewers.h"
#include "memory/mod_settings.h"
#include "views/mod_part.h"
#include "views/mod_settings.h"
#include "views/walk.h"

#include "apr_time.h"
#include "http_config.h"

/* How often events are written: µs. */
#define WRITE_INTERVAL 100000

static cctv_view_events_t shared;

void cctv_event_action(const char *user, const char *action,
                       const char *target, const char *reason)
{
    cctv_log_event_t event = { .kind = CCTV_EVENT_ACTION,
                               .time = apr_time_now() };

    cctv_event_set(event.user, sizeof event.user, user);
    cctv_event_set(event.action, sizeof event.action, action);
    cctv_event_set(event.target, sizeof event.target, target);
    cctv_event_set(event.why, sizeof event.why, reason);
    cctv_events_put(shared.events, &event, 0);
}

static uint32_t max_sessions(const server_rec *s)
{
    return (uint32_t)cctv_views_settings(s)->max_sessions;
}

static void memory_opened(const cctv_segment_t *segment)
{
    cctv_view_events_open(&shared, segment);
    cctv_viewers_listen(&shared);
}

/* ---- What the writer has to know about views ---- */

static bool has_state_file;

static bool is_recovered(uint32_t slot)
{
    const cctv_view_table_t *table = &cctv_views()->table;

    return slot < table->max && cctv_view_table_is_abandoned(table, slot);
}

static bool is_any_left(const cctv_view_table_t *table)
{
    uint32_t i = cctv_view_table_next(table, 0);

    while (i < table->max && !cctv_view_table_is_abandoned(table, i)) {
        i = cctv_view_table_next(table, i + 1);
    }
    return i < table->max;
}

static bool tell_end(const cctv_view_t *view)
{
    return cctv_view_events_end(&shared, view, CCTV_EVENT_RESTART,
                                apr_time_now());
}

static void end_view(const cctv_view_t *view, void (*write)(void))
{
    if (!tell_end(view)) {
        write();
        if (!tell_end(view)) {
            cctv_count(&shared.events->counters.dropped);
        }
    }
}

/* All children are gone, so nobody starts or ends a view any more. */
static void end_views(void (*write)(void))
{
    const cctv_view_table_t *table = &cctv_views()->table;
    uint32_t rounds = 1 + table->max / CCTV_QUEUE_SPARE_ENDS;
    cctv_view_t view;
    uint32_t i;

    do {
        cctv_views_sweep(cctv_views(), cctv_moment_now());
        write();
    } while (is_any_left(table) && rounds-- > 0);
    for (i = cctv_view_table_next(table, 0); i < table->max && !has_state_file;
         i = cctv_view_table_next(table, i + 1)) {
        if (cctv_view_table_get(table, i, &view)) {
            end_view(&view, write);
        }
    }
}

static const cctv_logs_views_t views_ops = { .is_recovered = is_recovered,
                                             .end = end_views };

static int post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                       server_rec *s)
{
    (void)plog;
    (void)ptemp;
    if (shared.events != NULL) {
        has_state_file = cctv_memory_settings(s)->state_file != NULL;
        cctv_logs_begin(pconf, s, shared.events, &views_ops);
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
    scrape->context = shared.events;
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
