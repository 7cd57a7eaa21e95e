/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file exposition.c
 * @brief All metrics as text: Prometheus 0.0.4 or OpenMetrics 1.0.
 * Layer: pure.
 */
#include "metrics/exposition.h"

#include "metrics/histogram_lines.h"
#include "metrics/view_lines.h"

typedef struct family_t family_t;

typedef struct {
    cctv_output_t *out;
    const cctv_exposition_t *input;
    const family_t *family;
    cctv_view_lines_t views;
    uint32_t series;
} writer_t;

typedef enum {
    COUNTER,
    GAUGE,
    HISTOGRAM
} type_t;

struct family_t {
    /* Without the "_total" of a counter. */
    const char *name;
    type_t type;
    /* NULL, or what the name ends in. */
    const char *unit;
    const char *help;
    void (*write)(writer_t *w);
};

/* ---- Families and single samples ---- */

static void write_head(writer_t *w)
{
    static const char *const types[] = { [COUNTER] = " counter\n",
                                         [GAUGE] = " gauge\n",
                                         [HISTOGRAM] = " histogram\n" };
    const family_t *family = w->family;
    /* OpenMetrics names the family, the older format the samples. */
    const char *total = family->type == COUNTER && !w->input->is_openmetrics
                            ? "_total"
                            : "";

    cctv_output_add(w->out, "# HELP ");
    cctv_output_add(w->out, family->name);
    cctv_output_add(w->out, total);
    cctv_output_add(w->out, " ");
    cctv_output_add(w->out, family->help);
    cctv_output_add(w->out, "\n# TYPE ");
    cctv_output_add(w->out, family->name);
    cctv_output_add(w->out, total);
    cctv_output_add(w->out, types[family->type]);
    if (w->input->is_openmetrics && family->unit != NULL) {
        cctv_output_add(w->out, "# UNIT ");
        cctv_output_add(w->out, family->name);
        cctv_output_add(w->out, " ");
        cctv_output_add(w->out, family->unit);
        cctv_output_add(w->out, "\n");
    }
}

static void write_name(writer_t *w)
{
    cctv_output_add(w->out, w->family->name);
    if (w->family->type == COUNTER) {
        cctv_output_add(w->out, "_total");
    }
}

static void write_number(writer_t *w, uint64_t number)
{
    write_name(w);
    cctv_output_add(w->out, " ");
    cctv_output_add_number(w->out, number);
    cctv_output_add(w->out, "\n");
}

/* One sample for each value of a label. */
static void write_row(writer_t *w, const char *label,
                      const char *const *values,
                      const _Atomic uint64_t *numbers, int count)
{
    int i;

    for (i = 0; i < count; i++) {
        write_name(w);
        cctv_output_add(w->out, "{");
        cctv_output_add(w->out, label);
        cctv_output_add(w->out, "=\"");
        cctv_output_add(w->out, values[i]);
        cctv_output_add(w->out, "\"} ");
        cctv_output_add_number(w->out, cctv_counted(&numbers[i]));
        cctv_output_add(w->out, "\n");
    }
}

/* ---- The families ---- */

static void write_starts(writer_t *w)
{
    w->series += cctv_view_lines_starts(&w->views, "webrtc_view_start_total");
}

static void write_viewers(writer_t *w)
{
    w->series += cctv_view_lines_viewers(&w->views, w->family->name);
}

static void write_seconds(writer_t *w)
{
    cctv_view_lines_seconds(&w->views, "webrtc_view_seconds_total");
}

static void write_sessions(writer_t *w)
{
    write_number(w, w->views.live_count);
}

static void write_sessions_max(writer_t *w)
{
    write_number(w, w->input->shared->head->max_sessions);
}

static void write_ended(writer_t *w)
{
    write_row(w, "reason", cctv_ended_labels,
              w->input->shared->head->counters.ended, CCTV_ENDED_COUNT);
}

static void write_refused(writer_t *w)
{
    write_row(w, "reason", cctv_refused_labels,
              w->input->shared->head->counters.refused, CCTV_REFUSED_COUNT);
}

/* As many as were written above. */
static void write_series(writer_t *w)
{
    write_number(w, w->series);
}

static void write_series_max(writer_t *w)
{
    write_number(w, w->input->shared->head->max_series);
}

static void write_folded(writer_t *w)
{
    write_number(w, cctv_counted(&w->input->shared->series.head->folded));
}

static void join_labels(char *at, int handler, int code)
{
    at = CCTV_OUTPUT_PUT(at, "handler=\"");
    at = stpcpy(at, cctv_handler_labels[handler]);
    at = CCTV_OUTPUT_PUT(at, "\",code=\"");
    at = stpcpy(at, cctv_code_labels[code]);
    stpcpy(at, "\"");
}

/* Of what has been answered. */
static void write_requests(writer_t *w)
{
    const cctv_counters_t *counters = &w->input->shared->head->counters;
    cctv_histogram_figures_t figures;
    char labels[64];
    int handler;
    int code;

    for (handler = 0; handler < CCTV_HANDLER_COUNT; handler++) {
        for (code = 0; code < CCTV_CODE_COUNT; code++) {
            cctv_histogram_read(&counters->http[handler][code], &figures);
            if (figures.count > 0) {
                join_labels(labels, handler, code);
                cctv_histogram_write(w->out, w->family->name, labels,
                                     &figures);
            }
        }
    }
}

static void write_queries(writer_t *w)
{
    cctv_histogram_figures_t figures;

    cctv_histogram_read(&w->input->shared->head->counters.db, &figures);
    cctv_histogram_write(w->out, w->family->name, "", &figures);
}

static void write_cameras(writer_t *w)
{
    const cctv_head_t *head = w->input->shared->head;

    if (cctv_counted(&head->cameras_known) != 0) {
        write_row(w, "status", cctv_camera_status_labels, head->cameras,
                  CCTV_CAMERA_STATUS_COUNT);
    }
}

static void write_db_errors(writer_t *w)
{
    write_row(w, "reason", cctv_db_error_labels,
              w->input->shared->head->counters.db_errors, CCTV_DB_ERROR_COUNT);
}

static void write_db_up(writer_t *w)
{
    write_number(w, w->input->is_db_up);
}

/* Whether a call came back lately is not the question, but whether Janus is
 * known not to answer. */
static void write_janus_up(writer_t *w)
{
    if (w->input->has_video) {
        write_number(w, !cctv_breaker_is_open(&w->input->shared->head->janus.breaker));
    }
}

static void write_janus_calls(writer_t *w)
{
    cctv_histogram_figures_t figures;

    cctv_histogram_read(&w->input->shared->head->counters.janus, &figures);
    cctv_histogram_write(w->out, w->family->name, "", &figures);
}

static void write_janus_errors(writer_t *w)
{
    write_row(w, "reason", cctv_janus_error_labels,
              w->input->shared->head->counters.janus_errors,
              CCTV_JANUS_ERROR_COUNT);
}

static void write_mountpoints(writer_t *w)
{
    if (w->input->has_video) {
        write_number(w, cctv_counted(&w->input->shared->head->janus.mountpoints));
    }
}

static void write_answers(writer_t *w)
{
    cctv_histogram_figures_t figures;

    cctv_histogram_read(&w->input->shared->head->counters.answers, &figures);
    cctv_histogram_write(w->out, w->family->name, "", &figures);
}

static void write_geoip(writer_t *w)
{
    if (w->input->geoip_built != 0) {
        write_number(w, (uint64_t)w->input->geoip_built);
    }
}

static void write_started(writer_t *w)
{
    write_name(w);
    cctv_output_add(w->out, " ");
    cctv_output_add_seconds(w->out, (uint64_t)w->input->shared->head->started);
    cctv_output_add(w->out, "\n");
}

static void write_build(writer_t *w)
{
    write_name(w);
    cctv_output_add(w->out, "{version=\"");
    cctv_output_add(w->out, w->input->version);
    cctv_output_add(w->out, "\"} 1\n");
}

/* Every metric there is; they are shown in this order. */
static const family_t families[] = {
    { "webrtc_view_start", COUNTER, NULL, "Views started.", write_starts },
    { "webrtc_viewers_gauge", GAUGE, NULL, "Views that are watched now.",
      write_viewers },
    { "webrtc_view_seconds", COUNTER, "seconds",
      "Seconds watched, up to the last heartbeat of each view.",
      write_seconds },
    { "cctv_sessions", GAUGE, NULL, "Viewing sessions that go on now.",
      write_sessions },
    { "cctv_sessions_max", GAUGE, NULL, "Room for viewing sessions.",
      write_sessions_max },
    { "cctv_sessions_ended", COUNTER, NULL, "Viewing sessions that ended.",
      write_ended },
    { "cctv_sessions_refused", COUNTER, NULL,
      "Viewing sessions that could not start.", write_refused },
    { "cctv_series", GAUGE, NULL, "Label sets of views in use.",
      write_series },
    { "cctv_series_max", GAUGE, NULL, "Room for label sets of views.",
      write_series_max },
    { "cctv_series_folded", COUNTER, NULL,
      "What was counted as other, for want of room for its label set.",
      write_folded },
    { "cctv_cameras", GAUGE, NULL,
      "Cameras in the database, as they were counted last.", write_cameras },
    { "cctv_http_request_duration_seconds", HISTOGRAM, "seconds",
      "Time to answer a request.", write_requests },
    { "cctv_db_query_duration_seconds", HISTOGRAM, "seconds",
      "Time that a query to the database took.", write_queries },
    { "cctv_db_errors", COUNTER, NULL,
      "Queries to the database that got no answer.", write_db_errors },
    { "cctv_db_up", GAUGE, NULL,
      "Whether the database answers, as far as is known.", write_db_up },
    { "cctv_janus_up", GAUGE, NULL,
      "Whether Janus answers, as far as is known.", write_janus_up },
    { "cctv_janus_call_duration_seconds", HISTOGRAM, "seconds",
      "Time that a call of Janus took.", write_janus_calls },
    { "cctv_janus_errors", COUNTER, NULL,
      "Calls of Janus that brought nothing of use.", write_janus_errors },
    { "cctv_mountpoints", GAUGE, NULL,
      "Cameras that Janus is connected to for us.", write_mountpoints },
    { "cctv_view_answer_seconds", HISTOGRAM, "seconds",
      "Time from the start of a view to its accepted answer.", write_answers },
    { "cctv_geoip_build_timestamp_seconds", GAUGE, "seconds",
      "When the GeoIP database in use was made.", write_geoip },
    { "cctv_start_time_seconds", GAUGE, "seconds",
      "When the counters started.", write_started },
    { "cctv_build_info", GAUGE, NULL, "The version of mod_cctv.",
      write_build },
};

bool cctv_exposition_write(cctv_output_t *out, const cctv_exposition_t *input)
{
    writer_t w = { .out = out, .input = input };
    size_t i;

    cctv_view_lines_init(&w.views, out, input->shared, input->now,
                         input->live);
    for (i = 0; i < sizeof families / sizeof families[0] && !out->is_stopped;
         i++) {
        w.family = &families[i];
        write_head(&w);
        w.family->write(&w);
    }
    if (input->is_openmetrics) {
        cctv_output_add(out, "# EOF\n");
    }
    return !out->is_stopped;
}
