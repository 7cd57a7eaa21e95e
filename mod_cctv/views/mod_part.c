/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.c
 * @brief The views part of the module.
 * Layer: httpd.
 */
#include "views/mod_part.h"

#include "cameras/ids.h"
#include "core/mod_log.h"
#include "database/mod_runtime.h"
#include "metrics/series_state.h"
#include "metrics/mod_settings.h"
#include "views/families.h"
#include "views/mod_handler.h"
#include "views/mod_roles.h"
#include "views/mod_settings.h"
#include "views/walk.h"

#include <stdlib.h>

/* The time between two walks over all slots: µs. */
#define WALK_INTERVAL APR_USEC_PER_SEC

/* How long the start of the server may wait for the list of cameras from the
 * database: µs. */
#define IDS_TIME 5000000

static cctv_views_t shared;

cctv_views_t *cctv_views(void)
{
    return &shared;
}

static uint32_t max_sessions(const server_rec *s)
{
    return (uint32_t)cctv_views_settings(s)->max_sessions;
}

static void memory_opened(const cctv_segment_t *segment)
{
    cctv_views_open(&shared, segment);
}

/* Series of cameras that no longer exist, and series that were not used for
 * long, are not loaded from the state file. So a full table does not stay
 * full. */
static void before_load(server_rec *s)
{
    static cctv_series_filter_t filter;
    const char *database = cctv_database_only_params();
    const int32_t *ids = cctv_camera_ids(database, cctv_now() + IDS_TIME,
                                         &filter.count);

    filter.idle_days = (uint16_t)cctv_metrics_settings(s)->series_idle;
    /* If the database has no cameras at all, an import is probably about to
     * run, so no series is dropped. */
    filter.cameras = filter.count > 0 ? ids : NULL;
    if (ids == NULL && database != NULL) {
        CCTV_LOG_S(APLOG_INFO, 0, s, "CCTV0034",
                   "the database does not say which cameras there are: "
                   "series of cameras that are gone are kept");
    }
    cctv_series_set_filter(&filter);
}

/* ---- The walk ---- */

static const cctv_view_visitor_t *walk_visitors[CCTV_VISITORS_MAX];
static size_t walk_count;

/* List the visitors of all parts. */
static void list_visitors(void)
{
    const cctv_part_t *const *part;
    const cctv_view_visitor_t *visitor;

    walk_count = 0;
    for (part = cctv_parts; *part != NULL; part++) {
        for (visitor = (*part)->visitors;
             visitor != NULL && visitor->visit != NULL; visitor++) {
            if (walk_count == CCTV_VISITORS_MAX) {
                /* CCTV_VISITORS_MAX has to be raised. */
                abort();
            }
            walk_visitors[walk_count++] = visitor;
        }
    }
}

static int views_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                             apr_pool_t *ptemp, server_rec *s)
{
    (void)pconf;
    (void)plog;
    (void)ptemp;
    list_visitors();
    cctv_roles_configure(s);
    return OK;
}

static void walk(cctv_time_t now, apr_pool_t *pool)
{
    (void)now;
    (void)pool;
    cctv_views_walk(&shared, cctv_moment_now(), walk_visitors, walk_count);
}

/* ---- The scrape ---- */

static bool scrape_begin(request_rec *r, cctv_scrape_t *scrape)
{
    (void)r;
    scrape->context = cctv_views_scrape_make(scrape->out, &shared,
                                             cctv_moment_now());
    return scrape->context != NULL;
}

static void scrape_end(cctv_scrape_t *scrape)
{
    free(scrape->context);
}

static const cctv_route_t routes[] = {
    { "view-start", cctv_view_start_handler, M_POST, CCTV_NEEDS_DATABASE,
      false },
    { "heartbeat", cctv_heartbeat_handler, M_POST, CCTV_NEEDS_NOTHING, false },
    { "view-end", cctv_view_end_handler, M_POST, CCTV_NEEDS_NOTHING, false },
    { .name = NULL }
};

static const cctv_task_t tasks[] = {
    { .name = "walk", .interval = WALK_INTERVAL, .run = walk },
    /* This task waits for the database. */
    { .name = "roles",
      .interval = CCTV_ROLES_POLL,
      .run = cctv_roles_check,
      .has_thread = true },
    { .name = NULL }
};

static const cctv_view_visitor_t visitors[] = {
    { cctv_viewer_counts_begin, cctv_viewer_counts_visit,
      cctv_viewer_counts_end, &shared.counts },
    { .begin = cctv_roles_begin,
      .visit = cctv_roles_visit,
      .end = cctv_roles_end },
    { .visit = NULL }
};

const cctv_part_t cctv_views_part = {
    .name = "views",
    .region = &cctv_views_region,
    .capacity = max_sessions,
    .sized_by = "CCTVMaxSessions",
    .memory_opened = memory_opened,
    .post_config = views_post_config,
    .before_load = before_load,
    .settings = &cctv_views_settings_group,
    .routes = routes,
    .tasks = tasks,
    .visitors = visitors,
    .families = cctv_views_families,
    .scrape_begin = scrape_begin,
    .scrape_end = scrape_end,
};
