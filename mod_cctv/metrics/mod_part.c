/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.c
 * @brief Metrics as parts of the module: the series of views; the requests and
 *        the scrape.
 * Layer: httpd.
 */
#include "metrics/mod_part.h"

#include "core/mod_log.h"
#include "core/version.h"
#include "metrics/created.h"
#include "metrics/mod_handler.h"
#include "metrics/requests.h"
#include "metrics/series.h"
#include "metrics/mod_settings.h"

#include "http_main.h"

static cctv_requests_t *requests;
static const cctv_segment_head_t *head;

static void memory_opened(const cctv_segment_t *segment)
{
    requests = cctv_segment_find(segment, &cctv_requests_region, NULL);
    head = segment->head;
    /* Memory that a reload has kept has the time already. */
    if (cctv_counted(&requests->server_started) == 0) {
        atomic_store(&requests->server_started, (uint64_t)apr_time_now());
    }
}

void cctv_metrics_observe(int number, int status, int64_t duration)
{
    cctv_requests_observe(requests, number, status, duration);
}

int64_t cctv_metrics_started(void)
{
    return head->started;
}

static uint32_t max_series(const server_rec *s)
{
    return (uint32_t)cctv_metrics_settings(s)->max_series;
}

/* Only requests that have been answered are in the histograms. */
static void write_requests(cctv_scrape_t *scrape)
{
    cctv_requests_write(scrape, requests);
}

static void write_time(cctv_scrape_t *scrape, uint64_t time)
{
    cctv_family_add_name(scrape);
    cctv_output_add(scrape->out, " ");
    cctv_output_add_seconds(scrape->out, time);
    cctv_output_add(scrape->out, "\n");
}

static void write_started(cctv_scrape_t *scrape)
{
    write_time(scrape, (uint64_t)head->started);
}

static void write_server_started(cctv_scrape_t *scrape)
{
    write_time(scrape, cctv_counted(&requests->server_started));
}

static void write_build(cctv_scrape_t *scrape)
{
    cctv_family_add_name(scrape);
    cctv_output_add(scrape->out, "{version=\"" CCTV_VERSION "\"} 1\n");
}

static const cctv_family_t families[] = {
    { "cctv_http_request_duration_seconds", CCTV_FAMILY_HISTOGRAM, "seconds",
      "Time to answer a request.", write_requests },
    { "cctv_start_time_seconds", CCTV_FAMILY_GAUGE, "seconds",
      "When the counters started.", write_started },
    { "cctv_server_start_time_seconds", CCTV_FAMILY_GAUGE, "seconds",
      "When Apache was started; a reload does not change it.",
      write_server_started },
    { "cctv_build_info", CCTV_FAMILY_GAUGE, NULL, "The version of mod_cctv.",
      write_build },
    { .name = NULL }
};

static const cctv_route_t routes[] = { { "metrics", cctv_metrics_handler,
                                         M_GET, CCTV_NEEDS_NOTHING, false },
                                       { .name = NULL } };

static cctv_series_t series;

static void series_opened(const cctv_segment_t *segment)
{
    uint32_t max;
    void *memory = cctv_segment_find(segment, &cctv_series_region, &max);

    cctv_series_open(&series, memory, max);
}

static void report_room(cctv_time_t now, apr_pool_t *pool)
{
    cctv_series_room_t room = cctv_series_room(&series);

    (void)now;
    (void)pool;
    if (!cctv_series_is_news(&series, room)) {
        return;
    }
    if (room == CCTV_SERIES_SHORT) {
        CCTV_LOG_S(APLOG_WARNING, 0, ap_server_conf, "CCTV0086",
                   "half of the %u label sets of CCTVMaxSeries are in use: "
                   "from now on views of a new label set are counted with "
                   "browser and system \"other\"; cameras and countries stay "
                   "exact; raise CCTVMaxSeries, then stop and start Apache",
                   series.max);
    }
    else {
        CCTV_LOG_S(APLOG_WARNING, 0, ap_server_conf, "CCTV0087",
                   "nearly all of the %u label sets of CCTVMaxSeries are in "
                   "use: from now on views of new cameras and countries are "
                   "counted as \"other\"; raise CCTVMaxSeries, then stop and "
                   "start Apache",
                   series.max);
    }
}

static const cctv_task_t series_tasks[] = { { "series-room", APR_USEC_PER_SEC,
                                              report_room, false, NULL },
                                            { .name = NULL } };

const cctv_part_t cctv_series_part = { .name = "series",
                                       .region = &cctv_series_region,
                                       .capacity = max_series,
                                       .sized_by = "CCTVMaxSeries",
                                       .memory_opened = series_opened,
                                       .tasks = series_tasks };

const cctv_part_t cctv_created_part = { .name = "created",
                                        .region = &cctv_created_region,
                                        .capacity = max_series };

const cctv_part_t cctv_metrics_part = {
    .name = "metrics",
    .region = &cctv_requests_region,
    .memory_opened = memory_opened,
    .settings = &cctv_metrics_settings_group,
    .routes = routes,
    .families = families,
};
