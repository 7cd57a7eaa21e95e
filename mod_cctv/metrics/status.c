/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file status.c
 * @brief The module's section of mod_status's page, /server-status.
 * Layer: httpd.
 */
#include "metrics/status.h"

#include "config.h"
#include "geoip/lookup.h"
#include "log.h"
#include "shared/lifecycle.h"
#include "video/lifecycle.h"

#include "apr_optional_hooks.h"
#include "http_main.h"
#include "http_protocol.h"
#include "mod_status.h"

#include <inttypes.h>

#define MB (1 << 20)

/* Views that go on; those with video of ours by its state. */
typedef struct {
    uint32_t all;
    uint32_t waiting; /* for the viewer's answer */
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
    apr_time_t geoip_built; /* 0: none */
} figures_t;

bool cctv_status_is_db_up(void)
{
    const server_rec *s;

    for (s = ap_server_conf; s != NULL; s = s->next) {
        if (cctv_breaker_is_open(cctv_config_breaker(s))) {
            return false;
        }
    }
    return true;
}

const char *cctv_status_video(void)
{
    if (cctv_video() == NULL) {
        return "off";
    }
    return cctv_breaker_is_open(&cctv_lifecycle_shared()->head->janus) ? "down"
                                                                       : "up";
}

void cctv_status_report_room(const server_rec *s)
{
    cctv_series_t *series = &cctv_lifecycle_shared()->series;
    cctv_series_room_t room = cctv_series_room(series);

    if (!cctv_series_is_news(series, room)) {
        return;
    }
    if (room == CCTV_SERIES_SHORT) {
        CCTV_LOG_S(APLOG_WARNING, 0, s, "CCTV0086",
                   "half of the %u label sets of CCTVMaxSeries are in use: "
                   "from now on views of a new label set are counted with "
                   "browser and system \"other\"; cameras and countries stay "
                   "exact; raise CCTVMaxSeries, then stop and start Apache",
                   series->max);
    }
    else {
        CCTV_LOG_S(APLOG_WARNING, 0, s, "CCTV0087",
                   "nearly all of the %u label sets of CCTVMaxSeries are in "
                   "use: from now on views of new cameras and countries are "
                   "counted as \"other\"; raise CCTVMaxSeries, then stop and "
                   "start Apache",
                   series->max);
    }
}

static void count_view(view_counts_t *counts, const cctv_session_t *session)
{
    counts->all++;
    if (session->way == CCTV_WAY_NONE) {
        return;
    }
    if (session->is_gone) {
        counts->gone++;
    }
    else if (cctv_session_is_watched(session)) {
        counts->playing++;
    }
    else {
        counts->waiting++;
    }
}

static view_counts_t count_views(const cctv_shared_t *shared, cctv_time_t now)
{
    view_counts_t counts = { .all = 0 };
    cctv_session_t session;
    uint32_t i;

    for (i = 0; i < shared->sessions.max; i++) {
        if (cctv_sessions_get(&shared->sessions, i, &session)
            && !cctv_session_is_over(&session, now)) {
            count_view(&counts, &session);
        }
    }
    return counts;
}

static figures_t read_figures(const server_rec *s)
{
    const cctv_shared_t *shared = cctv_lifecycle_shared();
    const cctv_head_t *head = shared->head;

    return (figures_t){
        .views = count_views(shared, cctv_now()),
        .max_sessions = head->max_sessions,
        .series = cctv_counted(&shared->series.head->used),
        .max_series = head->max_series,
        .folded = cctv_counted(&shared->series.head->folded),
        .is_db_up = cctv_status_is_db_up(),
        .video = cctv_status_video(),
        .mountpoints = cctv_video() == NULL ? 0
                                            : cctv_counted(&head->mountpoints),
        .memory = cctv_segment_size(head->max_sessions, head->max_series),
        .geoip_built = apr_time_from_sec(cctv_geoip_build_time(s)),
    };
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
    print_video(r, figures);
    ap_rprintf(r,
               "<tr><th>Shared memory</th><td>%.1f MB</td></tr>\n"
               "<tr><th>GeoIP database</th><td>%s</td></tr>\n"
               "</table>\n",
               (double)figures->memory / MB, built);
}

int cctv_status_hook(request_rec *r, int flags)
{
    figures_t figures = read_figures(r->server);

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

void cctv_status_register(void)
{
    APR_OPTIONAL_HOOK(ap, status_hook, cctv_status_hook, NULL, NULL,
                      APR_HOOK_MIDDLE);
}
