/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file exposition.c
 * @brief All metrics as text: Prometheus 0.0.4 or OpenMetrics 1.0.
 * Layer: pure.
 *
 * Label values come from closed lists of plain words and are never escaped.
 */
#include "metrics/exposition.h"

#include "geoip/country.h"
#include "views/agent.h"
#include "views/views.h"

/* As many as the key of a series has numbers for. */
#define COUNTRIES 1024
#define BROWSERS  16
#define OSES      16

#define LABEL_SIZE 39

/* Copied whole, which is faster than by its length. */
typedef struct {
    char text[LABEL_SIZE];
    unsigned char len;
} label_t;

typedef struct family_t family_t;

typedef struct {
    cctv_output_t *out;
    const cctv_exposition_t *input;
    const family_t *family;
    uint32_t live; /* of input->live */
    uint32_t series;
    label_t name; /* of the family's samples, where they are series */
    cctv_country_label_t countries[COUNTRIES];
    label_t browsers[BROWSERS];
    label_t oses[OSES];
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

/* ---- Labels ---- */

static void label_add(label_t *label, const char *text)
{
    while (*text != '\0' && label->len < LABEL_SIZE) {
        label->text[label->len++] = *text++;
    }
}

static void label_init(label_t *label, const char *before, const char *value,
                       const char *behind)
{
    label->len = 0;
    label_add(label, before);
    label_add(label, value);
    label_add(label, behind);
}

static char *put_label(char *at, const label_t *label)
{
    memcpy(at, label->text, LABEL_SIZE);
    return at + label->len;
}

static char *put_country(char *at, const cctv_country_label_t *country)
{
    at = CCTV_OUTPUT_PUT(at, "\",country=\"");
    memcpy(at, country->text, sizeof country->text);
    return at + strnlen(country->text, sizeof country->text);
}

static void init_labels(writer_t *w)
{
    int i;

    for (i = 0; i < COUNTRIES; i++) {
        w->countries[i] = cctv_country_label((cctv_country_t)i);
    }
    for (i = 0; i < BROWSERS; i++) {
        label_init(&w->browsers[i], "\",browser=\"",
                   cctv_browser_name((cctv_browser_t)i), "");
    }
    for (i = 0; i < OSES; i++) {
        label_init(&w->oses[i], "\",os=\"", cctv_os_name((cctv_os_t)i),
                   "\"} ");
    }
}

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

/* ---- Series ---- */

/* The next cell of a kind at or behind `cell`. */
static bool next(const writer_t *w, cctv_series_kind_t kind, uint32_t *cell,
                 cctv_labels_t *labels)
{
    const cctv_series_t *series = &w->input->shared->series;

    for (; *cell < cctv_series_cells(series); (*cell)++) {
        if (cctv_series_labels(series, *cell, labels)
            && labels->kind == kind) {
            return true;
        }
    }
    return false;
}

static void init_name(writer_t *w)
{
    label_init(&w->name, w->family->name,
               w->family->type == COUNTER ? "_total" : "", "{camera_id=\"");
}

static bool is_other(const writer_t *w, uint32_t cell)
{
    return cctv_series_is_other(&w->input->shared->series, cell);
}

static uint64_t value(const writer_t *w, uint32_t cell)
{
    return cctv_series_value(&w->input->shared->series, cell);
}

/* Up to the country, without its closing quote. Camera ids are positive. */
static char *put_pair(const writer_t *w, char *at, uint32_t cell,
                      const cctv_labels_t *labels)
{
    at = put_label(at, &w->name);
    if (is_other(w, cell)) {
        return CCTV_OUTPUT_PUT(at, "other\",country=\"other");
    }
    at = cctv_output_put_number(at, (uint32_t)labels->camera);
    return put_country(at, &w->countries[labels->country]);
}

static void write_starts(writer_t *w)
{
    cctv_labels_t labels;
    uint32_t cell;
    char *at;

    init_name(w);
    for (cell = 0; next(w, CCTV_SERIES_STARTS, &cell, &labels); cell++) {
        at = cctv_output_line(w->out);
        if (at == NULL) {
            return;
        }
        at = put_pair(w, at, cell, &labels);
        if (is_other(w, cell)) {
            at = CCTV_OUTPUT_PUT(at, "\",browser=\"other\",os=\"other\"} ");
        }
        else {
            at = put_label(at, &w->browsers[labels.browser]);
            at = put_label(at, &w->oses[labels.os]);
            w->series++;
        }
        at = cctv_output_put_number(at, value(w, cell));
        *at++ = '\n';
        cctv_output_end(w->out, at);
    }
}

/* Live views stand in the order of their cells, and the walk meets each: a
 * cell that is taken stays taken. */
static void write_viewers(writer_t *w)
{
    const uint32_t *live = w->input->live;
    const uint32_t *end = live + w->live;
    cctv_labels_t labels;
    uint32_t cell;
    uint64_t viewers;
    char *at;

    init_name(w);
    for (cell = 0; next(w, CCTV_SERIES_WATCHED, &cell, &labels); cell++) {
        at = cctv_output_line(w->out);
        if (at == NULL) {
            return;
        }
        for (viewers = 0; live < end && *live <= cell; live++) {
            viewers += *live == cell;
        }
        at = put_pair(w, at, cell, &labels);
        at = CCTV_OUTPUT_PUT(at, "\"} ");
        at = cctv_output_put_number(at, viewers);
        *at++ = '\n';
        cctv_output_end(w->out, at);
        w->series += !is_other(w, cell);
    }
}

static void write_seconds(writer_t *w)
{
    cctv_labels_t labels;
    uint32_t cell;
    char *at;

    init_name(w);
    for (cell = 0; next(w, CCTV_SERIES_WATCHED, &cell, &labels); cell++) {
        at = cctv_output_line(w->out);
        if (at == NULL) {
            return;
        }
        at = put_pair(w, at, cell, &labels);
        at = CCTV_OUTPUT_PUT(at, "\"} ");
        at = cctv_output_put_seconds(at, value(w, cell));
        *at++ = '\n';
        cctv_output_end(w->out, at);
    }
}

/* Sort by the bits from `bit` down: in place, and no order of the input is a
 * bad one. */
static void sort(uint32_t *cells, uint32_t count, uint32_t bit)
{
    while (count > 1 && bit != 0) {
        uint32_t low = 0;
        uint32_t high = count;

        while (low < high) {
            if ((cells[low] & bit) == 0) {
                low++;
            }
            else {
                uint32_t cell = cells[--high];

                cells[high] = cells[low];
                cells[low] = cell;
            }
        }
        bit >>= 1;
        sort(cells, low, bit);
        cells += low;
        count -= low;
    }
}

/* ---- Histograms ---- */

static void write_histogram_line(writer_t *w, const char *suffix,
                                 const char *labels, const char *bucket)
{
    bool has_labels = labels[0] != '\0' || bucket != NULL;

    cctv_output_add(w->out, w->family->name);
    cctv_output_add(w->out, suffix);
    cctv_output_add(w->out, has_labels ? "{" : "");
    cctv_output_add(w->out, labels);
    if (bucket != NULL) {
        cctv_output_add(w->out, labels[0] == '\0' ? "le=\"" : ",le=\"");
        cctv_output_add(w->out, bucket);
        cctv_output_add(w->out, "\"");
    }
    cctv_output_add(w->out, has_labels ? "} " : " ");
}

static void write_histogram(writer_t *w, const char *labels,
                            const uint64_t *buckets, uint64_t sum)
{
    uint64_t count = 0;
    int i;

    for (i = 0; i < CCTV_BUCKET_COUNT; i++) {
        count += buckets[i];
        write_histogram_line(w, "_bucket", labels, cctv_bucket_labels[i]);
        cctv_output_add_number(w->out, count);
        cctv_output_add(w->out, "\n");
    }
    write_histogram_line(w, "_sum", labels, NULL);
    cctv_output_add_seconds(w->out, sum);
    cctv_output_add(w->out, "\n");
    write_histogram_line(w, "_count", labels, NULL);
    cctv_output_add_number(w->out, count);
    cctv_output_add(w->out, "\n");
}

/* @return whether there is anything in them */
static bool read_buckets(const cctv_histogram_t *histogram, uint64_t *buckets)
{
    uint64_t any = 0;
    int i;

    for (i = 0; i < CCTV_BUCKET_COUNT; i++) {
        buckets[i] = cctv_counted(&histogram->buckets[i]);
        any |= buckets[i];
    }
    return any != 0;
}

static void join_labels(char *at, int handler, int code)
{
    at = CCTV_OUTPUT_PUT(at, "handler=\"");
    at = stpcpy(at, cctv_handler_labels[handler]);
    at = CCTV_OUTPUT_PUT(at, "\",code=\"");
    at = stpcpy(at, cctv_code_labels[code]);
    stpcpy(at, "\"");
}

static void write_requests(writer_t *w)
{
    const cctv_counters_t *counters = &w->input->shared->head->counters;
    uint64_t buckets[CCTV_BUCKET_COUNT];
    char labels[CCTV_OUTPUT_LINE];
    int handler;
    int code;

    for (handler = 0; handler < CCTV_HANDLER_COUNT; handler++) {
        for (code = 0; code < CCTV_CODE_COUNT; code++) {
            const cctv_histogram_t *histogram = &counters->http[handler][code];

            if (read_buckets(histogram, buckets)) {
                join_labels(labels, handler, code);
                write_histogram(w, labels, buckets,
                                cctv_counted(&histogram->sum));
            }
        }
    }
}

static void write_queries(writer_t *w)
{
    const cctv_histogram_t *histogram = &w->input->shared->head->counters.db;
    uint64_t buckets[CCTV_BUCKET_COUNT];

    read_buckets(histogram, buckets);
    write_histogram(w, "", buckets, cctv_counted(&histogram->sum));
}

/* ---- The other families ---- */

static void write_sessions(writer_t *w)
{
    write_number(w, w->live);
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
    { "webrtc_viewers_gauge", GAUGE, NULL, "Views that go on now.",
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

    w.live = cctv_views_live(input->shared, input->now, input->live);
    sort(input->live, w.live, UINT32_C(1) << 31);
    init_labels(&w);
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
