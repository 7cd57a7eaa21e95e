/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file families.c
 * @brief The metric families of views and their series.
 * Layer: pure.
 */
#include "views/families.h"

#include <stdlib.h>

/* The context may be large and comes from malloc(), since a pool would keep
 * the memory. The system provides only those pages of `watched` that are
 * written. */
cctv_views_scrape_t *cctv_views_scrape_make(cctv_output_t *out,
                                            cctv_views_t *shared,
                                            cctv_moment_t now)
{
    cctv_views_scrape_t *views = malloc(
        sizeof *views + shared->table.max * sizeof views->watched[0]);

    if (views != NULL) {
        views->series = 0;
        cctv_view_lines_init(&views->lines, out, shared, now, views->watched);
    }
    return views;
}

static const cctv_views_t *shared_of(const cctv_scrape_t *scrape)
{
    const cctv_views_scrape_t *views = scrape->context;

    return views->lines.shared;
}

static void write_starts(cctv_scrape_t *scrape)
{
    cctv_views_scrape_t *views = scrape->context;

    views->lines.has_created = scrape->created != 0;
    views->series += cctv_view_lines_starts(&views->lines,
                                            scrape->family->name);
}

static void write_viewers(cctv_scrape_t *scrape)
{
    cctv_views_scrape_t *views = scrape->context;

    views->series += cctv_view_lines_viewers(&views->lines,
                                             scrape->family->name);
}

static void write_seconds(cctv_scrape_t *scrape)
{
    cctv_views_scrape_t *views = scrape->context;

    views->lines.has_created = scrape->created != 0;
    cctv_view_lines_seconds(&views->lines, scrape->family->name);
}

static void write_sessions(cctv_scrape_t *scrape)
{
    const cctv_views_scrape_t *views = scrape->context;

    cctv_family_add_number(scrape, views->lines.live_count);
}

static void write_transports(cctv_scrape_t *scrape)
{
    const cctv_views_scrape_t *views = scrape->context;
    int i;

    for (i = 0; i < CCTV_TRANSPORT_COUNT; i++) {
        cctv_family_add_labelled(scrape, "transport", cctv_transport_labels[i],
                                 views->lines.live_by_transport[i]);
    }
}

static void write_sessions_max(cctv_scrape_t *scrape)
{
    cctv_family_add_number(scrape, shared_of(scrape)->table.max);
}

static void write_ended(cctv_scrape_t *scrape)
{
    cctv_family_add_row(scrape, "reason", cctv_ended_labels,
                        shared_of(scrape)->head->counters.ended,
                        CCTV_ENDED_COUNT);
}

static void write_refused(cctv_scrape_t *scrape)
{
    cctv_family_add_row(scrape, "reason", cctv_refused_labels,
                        shared_of(scrape)->head->counters.refused,
                        CCTV_REFUSED_COUNT);
}

static void write_heartbeats(cctv_scrape_t *scrape)
{
    cctv_family_add_number(
        scrape, cctv_counted(&shared_of(scrape)->head->counters.heartbeats));
}

static void write_stalls(cctv_scrape_t *scrape)
{
    cctv_family_add_number(
        scrape, cctv_counted(&shared_of(scrape)->head->counters.stalls));
}

/* The families before this one have counted the label sets they wrote. */
static void write_series(cctv_scrape_t *scrape)
{
    const cctv_views_scrape_t *views = scrape->context;

    cctv_family_add_number(scrape, views->series);
}

static void write_series_max(cctv_scrape_t *scrape)
{
    cctv_family_add_number(scrape, shared_of(scrape)->series.max);
}

static void write_folded(cctv_scrape_t *scrape)
{
    cctv_family_add_number(
        scrape, cctv_counted(&shared_of(scrape)->series.head->folded));
}

const cctv_family_t cctv_views_families[] = {
    { "webrtc_view_start", CCTV_FAMILY_COUNTER, NULL, "Views started.",
      write_starts },
    { "webrtc_viewers_gauge", CCTV_FAMILY_GAUGE, NULL,
      "Views that are watched now.", write_viewers },
    { "webrtc_view_seconds", CCTV_FAMILY_COUNTER, "seconds",
      "Seconds watched, up to the last heartbeat of each view.",
      write_seconds },
    { "cctv_sessions", CCTV_FAMILY_GAUGE, NULL,
      "Views that have started and not ended.", write_sessions },
    { "cctv_sessions_by_transport", CCTV_FAMILY_GAUGE, NULL,
      "The same views, by how the picture gets to the viewer.",
      write_transports },
    { "cctv_sessions_max", CCTV_FAMILY_GAUGE, NULL, "Room for views.",
      write_sessions_max },
    { "cctv_sessions_ended", CCTV_FAMILY_COUNTER, NULL, "Views that ended.",
      write_ended },
    { "cctv_sessions_refused", CCTV_FAMILY_COUNTER, NULL,
      "Views that could not start.", write_refused },
    { "cctv_heartbeats", CCTV_FAMILY_COUNTER, NULL,
      "Heartbeats of clients that were accepted.", write_heartbeats },
    { "cctv_view_stalls", CCTV_FAMILY_COUNTER, NULL,
      "How often media of a view stopped to flow, as Janus tells.",
      write_stalls },
    { "cctv_series", CCTV_FAMILY_GAUGE, NULL, "Label sets of views in use.",
      write_series },
    { "cctv_series_max", CCTV_FAMILY_GAUGE, NULL,
      "Room for label sets of views.", write_series_max },
    { "cctv_series_folded", CCTV_FAMILY_COUNTER, NULL,
      "What was counted as other, for want of room for its label set.",
      write_folded },
    { .name = NULL }
};
