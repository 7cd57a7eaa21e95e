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

/* The time between two sweeps: µs. */
#define SWEEP_INTERVAL APR_USEC_PER_SEC

/* How long the start of the server may wait for the list of cameras from the
 * database: µs. */
#define IDS_TIME 5000000

static cctv_views_t shared;

cctv_views_t *cctv_views(void)
{
    return &shared;
}

cctv_moment_t cctv_moment_now(void)
{
    return (cctv_moment_t){ .time = cctv_now(), .day = cctv_today() };
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

static void sweep(cctv_time_t now, apr_pool_t *pool)
{
    (void)pool;
    cctv_views_sweep(&shared, cctv_moment_now());
    cctv_viewer_counts_count(&shared.counts, &shared.table, now);
}

/* The sweep makes the numbers right even if the watchdog does not run. */
static bool scrape_begin(request_rec *r, cctv_scrape_t *scrape)
{
    (void)r;
    cctv_views_sweep(&shared, cctv_moment_now());
    scrape->context = cctv_views_scrape_make(scrape->out, &shared, cctv_now());
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

static const cctv_task_t tasks[] = { { "sweep", SWEEP_INTERVAL, sweep, false },
                                     /* This task waits for the database. */
                                     { "roles", CCTV_ROLES_INTERVAL,
                                       cctv_roles_check, true },
                                     { .name = NULL } };

const cctv_part_t cctv_views_part = {
    .name = "views",
    .region = &cctv_views_region,
    .capacity = max_sessions,
    .sized_by = "CCTVMaxSessions",
    .memory_opened = memory_opened,
    .post_config = cctv_roles_post_config,
    .before_load = before_load,
    .settings = &cctv_views_settings_group,
    .routes = routes,
    .tasks = tasks,
    .families = cctv_views_families,
    .scrape_begin = scrape_begin,
    .scrape_end = scrape_end,
};
