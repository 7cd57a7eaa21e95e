/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_page.c
 * @brief The module's section on /server-status, the page of mod_status.
 * Layer: httpd.
 */
#include "status/mod_page.h"

#include "catalogue/mod_families.h"
#include "geoip/mod_lookup.h"
#include "database/mod_part.h"
#include "memory/mod_part.h"
#include "push/mod_push.h"
#include "video/mod_lifecycle.h"
#include "video/mod_part.h"
#include "views/mod_part.h"
#include "views/view_media.h"

#include "apr_optional_hooks.h"
#include "http_main.h"
#include "http_protocol.h"
#include "mod_status.h"

#include <inttypes.h>

#define MB (1 << 20)

/* Running views; those whose video comes from Janus by the state of the
 * video. */
typedef struct {
    uint32_t all;
    uint32_t waiting; /* waiting for the viewer's answer */
    uint32_t playing;
    uint32_t gone; /* Janus has ended the video */
} view_counts_t;

typedef struct {
    view_counts_t views;
    uint32_t max_sessions;
    uint64_t series;
    uint32_t max_series;
    uint64_t folded;
    bool is_db_up;
    const char *video;
    uint64_t mountpoints;
    size_t memory;
    apr_time_t geoip_built; /* 0: there is no GeoIP database */
} figures_t;

static void count_view(view_counts_t *counts, const cctv_view_t *session)
{
    counts->all++;
    if (!cctv_transport_shows_video(session->transport)) {
        return;
    }
    if (session->is_gone) {
        counts->gone++;
    }
    else if (cctv_view_is_watched(session)) {
        counts->playing++;
    }
    else {
        counts->waiting++;
    }
}

static view_counts_t count_views(const cctv_views_t *shared, cctv_time_t now)
{
    view_counts_t counts = { .all = 0 };
    cctv_view_t session;
    uint32_t i;

    for (i = cctv_view_table_next(&shared->table, 0); i < shared->table.max;
         i = cctv_view_table_next(&shared->table, i + 1)) {
        if (cctv_view_table_get(&shared->table, i, &session)
            && !cctv_view_is_over(&session, now)) {
            count_view(&counts, &session);
        }
    }
    return counts;
}

static figures_t read_figures(void)
{
    const cctv_views_t *shared = cctv_views();

    return (figures_t){
        .views = count_views(shared, cctv_now()),
        .max_sessions = shared->table.max,
        .series = cctv_counted(&shared->series.head->used),
        .max_series = shared->series.max,
        .folded = cctv_counted(&shared->series.head->folded),
        .is_db_up = cctv_database_is_up(),
        .video = cctv_video_state(),
        .mountpoints = cctv_video_mountpoints(),
        .memory = cctv_segment_size(cctv_memory()),
        .geoip_built = apr_time_from_sec(cctv_geoip_build_time()),
    };
}

static int push_clients(void)
{
    const cctv_processes_t *processes = cctv_push()->processes;

    return cctv_processes_sum(processes, CCTV_CARRIER_SOCKET)
           + cctv_processes_sum(processes, CCTV_CARRIER_THREAD);
}

/* Of the server or virtual host that shows the page. */
static void print_catalogue_lines(request_rec *r)
{
    cctv_catalogue_figures_t figures;

    if (cctv_catalogue_figures(r->server, &figures)) {
        ap_rprintf(r,
                   "CCTVCatalogueGeneration: %" PRIu64 "\n"
                   "CCTVCatalogueCameras: %" PRIu64 "\n"
                   "CCTVCatalogueAge: %" PRId64 "\n"
                   "CCTVPushClients: %d\n",
                   figures.generation, figures.cameras,
                   figures.age / APR_USEC_PER_SEC, push_clients());
    }
}

static void print_catalogue(request_rec *r)
{
    cctv_catalogue_figures_t figures;

    if (cctv_catalogue_figures(r->server, &figures)) {
        ap_rprintf(r,
                   "<tr><th>Catalogue</th><td>generation %" PRIu64 ", %" PRIu64
                   " cameras, up to date %" PRId64 " s ago</td></tr>\n"
                   "<tr><th>Clients that read events</th><td>%d</td></tr>\n",
                   figures.generation, figures.cameras,
                   figures.age / APR_USEC_PER_SEC, push_clients());
    }
}

static void print_lines(request_rec *r, const figures_t *figures)
{
    ap_rprintf(r,
               "CCTVSessions: %" PRIu32 "\n"
               "CCTVSessionsMax: %" PRIu32 "\n"
               "CCTVSeries: %" PRIu64 "\n"
               "CCTVSeriesMax: %" PRIu32 "\n"
               "CCTVSeriesFolded: %" PRIu64 "\n"
               "CCTVDatabaseUp: %d\n"
               "CCTVVideo: %s\n"
               "CCTVMountpoints: %" PRIu64 "\n"
               "CCTVViewsWaiting: %" PRIu32 "\n"
               "CCTVViewsPlaying: %" PRIu32 "\n"
               "CCTVViewsGone: %" PRIu32 "\n"
               "CCTVMemory: %" APR_SIZE_T_FMT "\n"
               "CCTVGeoIPBuildTime: %" APR_TIME_T_FMT "\n",
               figures->views.all, figures->max_sessions, figures->series,
               figures->max_series, figures->folded, figures->is_db_up,
               figures->video, figures->mountpoints, figures->views.waiting,
               figures->views.playing, figures->views.gone, figures->memory,
               apr_time_sec(figures->geoip_built));
    print_catalogue_lines(r);
}

static void print_text(request_rec *r, const figures_t *figures)
{
    ap_rputs("<hr>\n<h1>Cameras (mod_cctv)</h1>\n<pre>\n", r);
    print_lines(r, figures);
    ap_rputs("</pre>\n", r);
}

static void print_video(request_rec *r, const figures_t *figures)
{
    ap_rprintf(r, "<tr><th>Video (Janus)</th><td>%s</td></tr>\n",
               figures->video);
    if (cctv_video() != NULL) {
        ap_rprintf(r,
                   "<tr><th>Views with video</th><td>%" PRIu32 " playing, "
                   "%" PRIu32 " waiting for an answer, %" PRIu32
                   " without video any more</td></tr>\n"
                   "<tr><th>Mountpoints</th><td>%" PRIu64 "</td></tr>\n",
                   figures->views.playing, figures->views.waiting,
                   figures->views.gone, figures->mountpoints);
    }
}

static void print_table(request_rec *r, const figures_t *figures)
{
    char built[APR_RFC822_DATE_LEN] = "none";

    if (figures->geoip_built != 0) {
        apr_rfc822_date(built, figures->geoip_built);
    }
    ap_rprintf(r,
               "<hr>\n<h1>Cameras (mod_cctv)</h1>\n<table>\n"
               "<tr><th>Viewing sessions</th>"
               "<td>%" PRIu32 " of %" PRIu32 "</td></tr>\n"
               "<tr><th>Series</th><td>%" PRIu64 " of %" PRIu32
               "; counted as other: %" PRIu64 "</td></tr>\n"
               "<tr><th>Database</th><td>%s</td></tr>\n",
               figures->views.all, figures->max_sessions, figures->series,
               figures->max_series, figures->folded,
               figures->is_db_up ? "up" : "down");
    print_catalogue(r);
    print_video(r, figures);
    ap_rprintf(r,
               "<tr><th>Shared memory</th><td>%.1f MB</td></tr>\n"
               "<tr><th>GeoIP database</th><td>%s</td></tr>\n"
               "</table>\n",
               (double)figures->memory / MB, built);
}

static int print_status(request_rec *r, int flags)
{
    figures_t figures = read_figures();

    if (flags & AP_STATUS_SHORT) {
        print_lines(r, &figures);
    }
    else if (flags & AP_STATUS_NOTABLE) {
        print_text(r, &figures);
    }
    else {
        print_table(r, &figures);
    }
    return OK;
}

static void register_hooks(apr_pool_t *p)
{
    (void)p;
    APR_OPTIONAL_HOOK(ap, status_hook, print_status, NULL, NULL,
                      APR_HOOK_MIDDLE);
}

const cctv_part_t cctv_status_part = { .name = "status",
                                       .register_hooks = register_hooks };
