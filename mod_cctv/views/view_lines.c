/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file view_lines.c
 * @brief Writes the series of views as lines of the exposition.
 * Layer: pure.
 */
#include "views/view_lines.h"

#include "views/agent.h"
#include "views/view_media.h"
#include "views/walk.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

_Static_assert(CCTV_SERIES_AGENT_OTHER == CCTV_BROWSER_OTHER
                   && CCTV_SERIES_AGENT_OTHER == CCTV_OS_OTHER,
               "series.h has another number of \"other\"");

typedef cctv_view_lines_t lines_t;
typedef cctv_label_t label_t;

static void label_add(label_t *label, const char *text)
{
    while (*text != '\0' && label->len < sizeof label->text) {
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

static void init_labels(lines_t *lines)
{
    size_t i;

    for (i = 0; i < COUNT(lines->countries); i++) {
        lines->countries[i] = cctv_country_label((cctv_country_t)i);
    }
    for (i = 0; i < COUNT(lines->browsers); i++) {
        label_init(&lines->browsers[i], "\",browser=\"",
                   cctv_browser_name((cctv_browser_t)i), "");
    }
    for (i = 0; i < COUNT(lines->oses); i++) {
        label_init(&lines->oses[i], "\",os=\"", cctv_os_name((cctv_os_t)i),
                   "\"} ");
    }
}

/* A radix sort by the bit `bit` and all bits below it. It sorts in place and
 * has no slow worst case. */
static void sort_cells(uint32_t *cells, uint32_t count, uint32_t bit)
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
        sort_cells(cells, low, bit);
        cells += low;
        count -= low;
    }
}

static void collect_view(void *lines_, const cctv_view_t *view,
                         cctv_time_t now)
{
    lines_t *lines = lines_;

    (void)now;
    if (cctv_view_is_started(view)) {
        lines->live_count++;
        lines->live_by_transport[view->transport]++;
    }
    if (cctv_view_is_watched(view)) {
        lines->watched[lines->watched_count++] = view->series;
    }
}

void cctv_view_lines_init(lines_t *lines, cctv_output_t *out,
                          cctv_views_t *shared, cctv_moment_t now,
                          uint32_t *watched)
{
    const cctv_view_visitor_t collector = { .visit = collect_view,
                                            .context = lines };
    const cctv_view_visitor_t *const visitors[] = { &collector };

    lines->out = out;
    lines->has_created = false;
    lines->shared = shared;
    lines->watched = watched;
    lines->live_count = lines->watched_count = 0;
    memset(lines->live_by_transport, 0, sizeof lines->live_by_transport);
    cctv_views_walk(shared, now, visitors, 1);
    sort_cells(watched, lines->watched_count, UINT32_C(1) << 31);
    init_labels(lines);
}

/* Find the first cell of a kind, at or after `cell`, that something was added
 * to. Other cells are not shown.
 * @return false: there is none */
static bool next_series(const lines_t *lines, cctv_series_kind_t kind,
                        uint32_t *cell, cctv_labels_t *labels)
{
    const cctv_series_t *series = &lines->shared->series;

    for (; *cell < cctv_series_cells(series); (*cell)++) {
        if (cctv_series_is_kind(series, *cell, kind)
            && cctv_series_day(series, *cell) != 0) {
            return cctv_series_labels(series, *cell, labels);
        }
    }
    return false;
}

static bool is_other(const lines_t *lines, uint32_t cell)
{
    return cctv_series_is_other(&lines->shared->series, cell);
}

static uint64_t value_of(const lines_t *lines, uint32_t cell)
{
    return cctv_series_value(&lines->shared->series, cell);
}

static char *put_label(char *at, const label_t *label)
{
    memcpy(at, label->text, sizeof label->text);
    return at + label->len;
}

static char *put_country(char *at, const cctv_country_label_t *country)
{
    at = CCTV_OUTPUT_PUT(at, "\",country=\"");
    memcpy(at, country->text, sizeof country->text);
    return at + strnlen(country->text, sizeof country->text);
}

/* Write the name, the camera and the country, without the closing quote of the
 * country. */
static char *put_pair(const lines_t *lines, char *at, const label_t *name,
                      uint32_t cell, const cctv_labels_t *labels)
{
    at = put_label(at, name);
    if (is_other(lines, cell)) {
        return CCTV_OUTPUT_PUT(at, "other\",country=\"other");
    }
    at = cctv_output_put_number(at, (uint32_t)labels->camera);
    return put_country(at, &lines->countries[labels->country]);
}

static char *put_agent(const lines_t *lines, char *at, uint32_t cell,
                       const cctv_labels_t *labels)
{
    if (is_other(lines, cell)) {
        return CCTV_OUTPUT_PUT(at, "\",browser=\"other\",os=\"other\"} ");
    }
    at = put_label(at, &lines->browsers[labels->browser]);
    return put_label(at, &lines->oses[labels->os]);
}

static void series_line_end(const lines_t *lines, char *at)
{
    *at++ = '\n';
    cctv_output_end(lines->out, at);
}

/* When a cell was first counted, or 0 if nobody wants to know. */
static uint32_t created_of(const lines_t *lines, uint32_t cell)
{
    return lines->has_created ? cctv_created_of(lines->shared->created, cell)
                              : 0;
}

static void start_created(const lines_t *lines, const label_t *before,
                          uint32_t cell, const cctv_labels_t *labels)
{
    uint32_t created = created_of(lines, cell);
    char *at = created == 0 ? NULL : cctv_output_line(lines->out);

    if (at != NULL) {
        at = put_pair(lines, at, before, cell, labels);
        at = put_agent(lines, at, cell, labels);
        series_line_end(lines, cctv_output_put_number(at, created));
    }
}

uint32_t cctv_view_lines_starts(const lines_t *lines, const char *name)
{
    cctv_labels_t labels;
    label_t before;
    label_t created;
    uint32_t count = 0;
    uint32_t cell;
    char *at;

    label_init(&before, name, "_total{camera_id=\"", "");
    label_init(&created, name, "_created{camera_id=\"", "");
    for (cell = 0; next_series(lines, CCTV_SERIES_STARTS, &cell, &labels);
         cell++) {
        at = cctv_output_line(lines->out);
        if (at == NULL) {
            break;
        }
        at = put_pair(lines, at, &before, cell, &labels);
        at = put_agent(lines, at, cell, &labels);
        series_line_end(lines,
                        cctv_output_put_number(at, value_of(lines, cell)));
        start_created(lines, &created, cell, &labels);
        count += !is_other(lines, cell);
    }
    return count;
}

/* `watched` is sorted by cell, and cells never come free, so one walk over the
 * cells meets every entry of `watched`. */
uint32_t cctv_view_lines_viewers(const lines_t *lines, const char *name)
{
    const uint32_t *live = lines->watched;
    const uint32_t *end = live + lines->watched_count;
    cctv_labels_t labels;
    label_t before;
    uint32_t count = 0;
    uint32_t viewers;
    uint32_t cell;
    char *at;

    label_init(&before, name, "{camera_id=\"", "");
    for (cell = 0; next_series(lines, CCTV_SERIES_WATCHED, &cell, &labels);
         cell++) {
        at = cctv_output_line(lines->out);
        if (at == NULL) {
            break;
        }
        for (viewers = 0; live < end && *live <= cell; live++) {
            viewers += *live == cell;
        }
        at = put_pair(lines, at, &before, cell, &labels);
        at = CCTV_OUTPUT_PUT(at, "\"} ");
        series_line_end(lines, cctv_output_put_number(at, viewers));
        count += !is_other(lines, cell);
    }
    return count;
}

static void pair_created(const lines_t *lines, const label_t *before,
                         uint32_t cell, const cctv_labels_t *labels)
{
    uint32_t created = created_of(lines, cell);
    char *at = created == 0 ? NULL : cctv_output_line(lines->out);

    if (at != NULL) {
        at = put_pair(lines, at, before, cell, labels);
        at = CCTV_OUTPUT_PUT(at, "\"} ");
        series_line_end(lines, cctv_output_put_number(at, created));
    }
}

uint32_t cctv_view_lines_seconds(const lines_t *lines, const char *name)
{
    cctv_labels_t labels;
    label_t before;
    label_t created;
    uint32_t count = 0;
    uint32_t cell;
    char *at;

    label_init(&before, name, "_total{camera_id=\"", "");
    label_init(&created, name, "_created{camera_id=\"", "");
    for (cell = 0; next_series(lines, CCTV_SERIES_WATCHED, &cell, &labels);
         cell++) {
        at = cctv_output_line(lines->out);
        if (at == NULL) {
            break;
        }
        at = put_pair(lines, at, &before, cell, &labels);
        at = CCTV_OUTPUT_PUT(at, "\"} ");
        series_line_end(lines,
                        cctv_output_put_seconds(at, value_of(lines, cell)));
        pair_created(lines, &created, cell, &labels);
        count += !is_other(lines, cell);
    }
    return count;
}
