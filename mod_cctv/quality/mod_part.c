/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.c
 * @brief The quality part of the module.
 * Layer: httpd.
 */
#include "quality/mod_part.h"

#include "quality/families.h"
#include "views/mod_settings.h"
#include "views/mod_stats.h"
#include "views/view_listener.h"

#include "apr_strings.h"
#include "apr_time.h"

static cctv_quality_t shared;
static cctv_quality_hook_t *on_report;

const cctv_quality_t *cctv_quality(void)
{
    return &shared;
}

void cctv_quality_set_hook(cctv_quality_hook_t *hook)
{
    on_report = hook;
}

static void begin(request_rec *r, const cctv_view_t *view)
{
    cctv_quality_begin(&shared, view, apr_time_now() - r->request_time);
}

static const void *read_stats(request_rec *r, const json_t *stats,
                              const char **wrong)
{
    char text[CCTV_REPORT_WRONG_SIZE];
    cctv_report_t *report = apr_palloc(r->pool, sizeof *report);

    if (!cctv_report_read(stats, report, text)) {
        *wrong = apr_pstrdup(r->pool, text);
        return NULL;
    }
    return report;
}

static void note(const cctv_view_t *view, const void *report)
{
    cctv_quality_step_t step;

    if (!cctv_quality_note(&shared, view, report, cctv_now(), &step)) {
        return;
    }
    if (step.first_picture >= 0) {
        cctv_view_tell_picture(view, step.first_picture);
    }
    if (on_report != NULL) {
        on_report(view, &step);
    }
}

static const cctv_stats_ops_t stats_ops = { .begin = begin,
                                            .read = read_stats,
                                            .note = note };

static uint32_t max_sessions(const server_rec *s)
{
    return (uint32_t)cctv_views_settings(s)->max_sessions;
}

static void memory_opened(const cctv_segment_t *segment)
{
    cctv_quality_open(&shared, segment);
    cctv_stats_register(&stats_ops);
}

static bool scrape_begin(request_rec *r, cctv_scrape_t *scrape)
{
    (void)r;
    scrape->context = shared.counters;
    return true;
}

const cctv_part_t cctv_quality_part = {
    .name = "quality",
    .region = &cctv_quality_region,
    .capacity = max_sessions,
    .memory_opened = memory_opened,
    .families = cctv_quality_families,
    .scrape_begin = scrape_begin,
};
