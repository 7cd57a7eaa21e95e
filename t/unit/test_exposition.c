/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "t_shared.h"

#include "database/counters.h"
#include "metrics/requests.h"
#include "views/agent.h"
#include "views/families.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NOW     INT64_C(1000000000)
#define STARTED INT64_C(1700000000250000)
#define TODAY   20000

#define MAX_SESSIONS 64
#define MAX_TEXT     (1 << 20)

static cctv_views_t shared;
static cctv_database_counters_t *database;
static cctv_requests_t *requests;

static char received[MAX_TEXT];
static size_t received_len;
static int calls;
static int calls_wanted;

/* Make shared memory that children of fork() share. */
static void start(uint32_t max_sessions, uint32_t max_series)
{
    shared = make_shared_for_all(max_sessions, max_series);
    database = cctv_segment_find(segment_of(&shared), &cctv_database_region,
                                 NULL);
    requests = cctv_segment_find(segment_of(&shared), &cctv_requests_region,
                                 NULL);
    cctv_requests_clear();
    cctv_requests_add_route("cameras");
    cctv_requests_add_route("view-start");
    calls_wanted = MAX_TEXT;
}

static bool receive(void *context, const char *data, size_t len)
{
    (void)context;
    calls++;
    ck_assert_uint_lt(received_len + len, MAX_TEXT);
    memcpy(received + received_len, data, len);
    received_len += len;
    return calls < calls_wanted;
}

/* Families of another part, written as that part writes them. */
static void write_requests(cctv_scrape_t *scrape)
{
    cctv_requests_write(scrape, requests);
}

static void write_queries(cctv_scrape_t *scrape)
{
    cctv_family_add_histogram(scrape, &database->queries);
}

static void write_errors(cctv_scrape_t *scrape)
{
    cctv_family_add_row(scrape, "reason", cctv_db_error_labels,
                        database->errors, CCTV_DB_ERROR_COUNT);
}

static void write_up(cctv_scrape_t *scrape)
{
    cctv_family_add_number(scrape, 1);
}

static void write_nothing(cctv_scrape_t *scrape)
{
    (void)scrape;
}

static const cctv_family_t families[] = {
    { "cctv_http_request_duration_seconds", CCTV_FAMILY_HISTOGRAM, "seconds",
      "Time to answer a request.", write_requests },
    { "cctv_db_query_duration_seconds", CCTV_FAMILY_HISTOGRAM, "seconds",
      "Time that a query to the database took.", write_queries },
    { "cctv_db_errors", CCTV_FAMILY_COUNTER, NULL,
      "Queries to the database that got no answer.", write_errors },
    { "cctv_db_up", CCTV_FAMILY_GAUGE, NULL,
      "Whether the database answers, as far as is known.", write_up },
    { "cctv_mountpoints", CCTV_FAMILY_GAUGE, NULL,
      "Cameras that Janus is connected to for us.", write_nothing },
    { .name = NULL }
};

/* 0, or when counting started, for the samples "_created". */
static uint64_t created;

static bool write_with(bool is_openmetrics, size_t buffer_size)
{
    char *buffer = malloc(buffer_size);
    cctv_output_t text;
    cctv_scrape_t scrape = { .out = &text,
                             .is_openmetrics = is_openmetrics,
                             .created = created };

    received_len = 0;
    calls = 0;
    cctv_output_init(&text, buffer, buffer_size, receive, NULL);
    scrape.context = cctv_views_scrape_make(&text, &shared, at(NOW));
    cctv_families_write(&scrape, cctv_views_families);
    cctv_families_write(&scrape, families);
    cctv_families_end(&scrape);
    if (!text.is_stopped) {
        receive(NULL, text.data, text.len);
    }
    received[received_len] = '\0';
    free(scrape.context);
    free(buffer);
    return !text.is_stopped;
}

static const cctv_viewer_t german = { .camera = 42,
                                      .country = 1 + 3 * 26 + 4,
                                      .browser = CCTV_BROWSER_CHROME,
                                      .os = CCTV_OS_LINUX,
                                      .timeout = 30000 };
static const cctv_viewer_t unknown = { .camera = 7, .timeout = 30000 };

static cctv_view_t begin_view(const cctv_viewer_t *viewer, cctv_time_t now)
{
    const cctv_moment_t moment = { .time = now, .day = TODAY };
    cctv_view_t view;

    ck_assert_int_eq(start_view(&shared, viewer, moment, &view),
                     CCTV_VIEW_STARTED);
    return view;
}

static void end(const cctv_view_t *view, cctv_time_t now)
{
    const cctv_moment_t moment = { .time = now, .day = TODAY };

    ck_assert(cctv_view_end(&shared, view, CCTV_ENDED_ENDED, moment));
}

/* Three views of camera 42, two of which are live; one ended view of camera
 * 7, whose label set had no room for browser and system; and one view of
 * camera 8, for whose labels there was no room at all. */
static void some_of_everything(void)
{
    cctv_view_t view;

    view = begin_view(&german, NOW - 20000000);
    end(&view, NOW - 7654321);
    view = begin_view(&unknown, NOW - 7000000);
    end(&view, NOW - 5000000);
    begin_view(&german, NOW - 1000000);
    begin_view(&german, NOW);
    begin_view(&(cctv_viewer_t){ .camera = 8, .timeout = 30000 }, NOW);

    cctv_count(&shared.head->counters.refused[CCTV_REFUSED_FULL]);
    cctv_count(&database->errors[CCTV_DB_ERROR_BUSY]);
    cctv_histogram_observe(&database->queries, 250);
    cctv_histogram_observe(&database->queries, 251);
    cctv_histogram_observe(&database->queries, 20000000);
    cctv_requests_observe(requests, 1, 404, 1500);
}

#define QUERY "\ncctv_db_query_duration_seconds_bucket{le="

#define HELP "# HELP "

/* The next family of an exposition, or its end. */
static char *next_family(char *at)
{
    char *next = strstr(at, "\n" HELP);
    char *end = strstr(at, "# EOF\n");

    return next != NULL ? next + 1 : end != NULL ? end : at + strlen(at);
}

/* Take families out of a text that another text does not have. */
static void drop_others(char *text, const char *expected)
{
    char head[128];
    char *next;

    while (strncmp(text, HELP, sizeof HELP - 1) == 0) {
        next = next_family(text);
        /* "# HELP name " */
        snprintf(head, sizeof head, "%.*s",
                 (int)(strchr(text + sizeof HELP - 1, ' ') - text) + 1, text);
        if (strstr(expected, head) == NULL) {
            memmove(text, next, strlen(next) + 1);
        }
        else {
            text = next;
        }
    }
}

/* The files hold what the formats look like. A family that is not in them is
 * not compared, so a new one need not be added: t/check-docs.py compares its
 * name, type and labels with the documents. */
static void check(const char *path)
{
    static char expected[MAX_TEXT];
    FILE *file = fopen(path, "r");
    size_t len;
    size_t same;

    ck_assert_ptr_nonnull(file);
    len = fread(expected, 1, sizeof expected - 1, file);
    fclose(file);
    expected[len] = '\0';
    drop_others(received, expected);
    received_len = strlen(received);
    for (same = 0; same < len && received[same] == expected[same]; same++) {
    }
    ck_assert_msg(len == received_len && same == len, "%s, byte %zu: %.99s",
                  path, same, received + same);
}

START_TEST(the_older_format)
{
    start(MAX_SESSIONS, 4);
    some_of_everything();
    ck_assert(write_with(false, 65536));
    check("t/data/metrics.txt");
}
END_TEST

START_TEST(openmetrics_format)
{
    start(MAX_SESSIONS, 4);
    some_of_everything();
    ck_assert(write_with(true, 65536));
    check("t/data/openmetrics.txt");
}
END_TEST

static bool has(const char *text)
{
    return strstr(received, text) != NULL;
}

START_TEST(what_is_not_known_has_no_samples)
{
    start(MAX_SESSIONS, 4);
    ck_assert(write_with(false, 65536));
    ck_assert(has("# TYPE cctv_mountpoints gauge\n"));
    ck_assert(!has("\ncctv_mountpoints "));
    ck_assert(has("# TYPE cctv_http_request_duration_seconds histogram\n"
                  "# HELP"));
    ck_assert(has("# TYPE webrtc_view_start_total counter\n# HELP"));
    ck_assert(has("\ncctv_db_query_duration_seconds_count 0\n"));
    ck_assert(has("\ncctv_series 0\n"));
}
END_TEST

START_TEST(a_view_that_is_over_is_not_shown)
{
    start(MAX_SESSIONS, 4);
    begin_view(&german, NOW - 30000001);
    ck_assert(write_with(false, 65536));
    ck_assert(has("\nwebrtc_viewers_gauge{camera_id=\"42\",country=\"DE\"} "
                  "0\n"));
    ck_assert(has("\ncctv_sessions 0\n"));
}
END_TEST

START_TEST(the_size_of_the_buffer_does_not_matter)
{
    static char expected[MAX_TEXT];
    size_t size;

    start(MAX_SESSIONS, 4);
    some_of_everything();
    write_with(true, 65536);
    ck_assert_int_eq(calls, 1);
    strcpy(expected, received);
    for (size = CCTV_OUTPUT_LINE; size < 2 * CCTV_OUTPUT_LINE; size++) {
        ck_assert(write_with(true, size));
        ck_assert_int_gt(calls, 10);
        ck_assert_str_eq(received, expected);
    }
}
END_TEST

START_TEST(it_stops_when_the_receiver_has_enough)
{
    int enough;

    start(MAX_SESSIONS, 4);
    some_of_everything();
    for (enough = 1; enough < 20; enough++) {
        calls_wanted = enough;
        ck_assert(!write_with(true, CCTV_OUTPUT_LINE));
        ck_assert_int_eq(calls, enough);
    }
}
END_TEST

/* The sum of the samples of a series, and their number. */
static unsigned long long sum_of_lines(const char *name, int *count)
{
    const char *at = received;
    unsigned long long sum = 0;

    *count = 0;
    while ((at = strstr(at, name)) != NULL) {
        at = strstr(at, "} ") + 2;
        sum += strtoull(at, NULL, 10);
        (*count)++;
    }
    return sum;
}

START_TEST(viewers_are_counted_by_camera)
{
    enum {
        CAMERAS = 40,
        VIEWS = 3000
    };
    int viewers[CAMERAS + 1] = { 0 };
    char line[128];
    int count;
    int i;

    start(VIEWS, 100);
    for (i = 0; i < VIEWS; i++) {
        cctv_viewer_t viewer = german;

        viewer.camera = 1 + i * i % CAMERAS;
        viewers[viewer.camera]++;
        begin_view(&viewer, NOW);
    }
    ck_assert(write_with(false, 65536));
    for (i = 1; i <= CAMERAS; i++) {
        if (viewers[i] > 0) {
            snprintf(line, sizeof line,
                     "\nwebrtc_viewers_gauge{camera_id=\"%d\",country=\"DE\"} "
                     "%d\n",
                     i, viewers[i]);
            ck_assert_msg(has(line), "%s", line);
        }
    }
    ck_assert_uint_eq(sum_of_lines("\nwebrtc_viewers_gauge{", &count), VIEWS);
    ck_assert_uint_eq(sum_of_lines("\nwebrtc_view_start_total{", &count),
                      VIEWS);
}
END_TEST

START_TEST(each_label_set_is_one_line)
{
    int starts;
    int viewers;
    int seconds;
    char line[32];
    int i;

    start(MAX_SESSIONS, 2000);
    for (i = 0; i < 1000; i++) {
        cctv_view_t view;
        cctv_viewer_t viewer = { .camera = 1 + i % 50,
                                 .country = (uint16_t)(i % 7),
                                 .browser = (uint8_t)(i % 3),
                                 .timeout = 30000 };

        view = begin_view(&viewer, (2 * i + 1) * INT64_C(1000000));
        end(&view, (2 * i + 2) * INT64_C(1000000));
    }
    ck_assert(write_with(false, 65536));
    ck_assert_uint_eq(sum_of_lines("\nwebrtc_view_start_total{", &starts),
                      1000);
    ck_assert_uint_eq(sum_of_lines("\nwebrtc_view_seconds_total{", &seconds),
                      1000);
    ck_assert_uint_eq(sum_of_lines("\nwebrtc_viewers_gauge{", &viewers), 0);
    ck_assert_int_eq(starts, 1000);
    ck_assert_int_eq(viewers, 50 * 7);
    ck_assert_int_eq(seconds, viewers);
    snprintf(line, sizeof line, "\ncctv_series %d\n", starts + viewers);
    ck_assert(has(line));
}
END_TEST

static unsigned long long number_behind(const char *text)
{
    const char *at = strstr(received, text);

    ck_assert_ptr_nonnull(at);
    return strtoull(at + strlen(text), NULL, 10);
}

START_TEST(a_histogram_agrees_with_itself_while_others_count)
{
    unsigned long long before = 0;
    pid_t child;
    int i;

    start(MAX_SESSIONS, 4);
    child = fork();
    if (child == 0) {
        for (;;) {
            for (i = 0; i < 20000000; i = i * 3 + 1) {
                cctv_histogram_observe(&database->queries, i);
            }
        }
    }
    for (i = 0; i < 1000; i++) {
        unsigned long long count;

        write_with(false, 65536);
        count = number_behind("\ncctv_db_query_duration_seconds_count ");
        ck_assert_uint_eq(number_behind(QUERY "\"+Inf\"} "), count);
        ck_assert_uint_ge(count, before);
        before = count;
    }
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    ck_assert_uint_gt(before, 0);
}
END_TEST

START_TEST(created_samples_follow_what_they_belong_to)
{
    const unsigned long long before = (unsigned long long)time(NULL);

    start(MAX_SESSIONS, 4);
    some_of_everything();
    created = STARTED;
    ck_assert(write_with(true, 65536));
    created = 0;
    ck_assert(has("cctv_sessions_refused_total{reason=\"full\"} 1\n"
                  "cctv_sessions_refused_created{reason=\"full\"} "
                  "1700000000.25\n"));
    ck_assert(has("cctv_series_folded_total 2\n"
                  "cctv_series_folded_created 1700000000.25\n"));
    ck_assert(has("cctv_db_query_duration_seconds_count 3\n"
                  "cctv_db_query_duration_seconds_created 1700000000.25\n"));
    ck_assert(has("handler=\"view-start\",code=\"4xx\"} 1\n"
                  "cctv_http_request_duration_seconds_created{handler="
                  "\"view-start\",code=\"4xx\"} 1700000000.25\n"));
    ck_assert(!has("cctv_sessions_created"));
    ck_assert(!has("cctv_db_up_created"));
    ck_assert_uint_ge(
        number_behind("browser=\"chrome\",os=\"linux\"} 3\n"
                      "webrtc_view_start_created{camera_id=\"42\","
                      "country=\"DE\",browser=\"chrome\",os=\"linux\"} "),
        before);
    ck_assert_uint_ge(number_behind("webrtc_view_seconds_created{"
                                    "camera_id=\"42\",country=\"DE\"} "),
                      before);
}
END_TEST

TCase *exposition_tests(void)
{
    TCase *tcase = tcase_create("exposition");

    tcase_add_test(tcase, the_older_format);
    tcase_add_test(tcase, openmetrics_format);
    tcase_add_test(tcase, what_is_not_known_has_no_samples);
    tcase_add_test(tcase, a_view_that_is_over_is_not_shown);
    tcase_add_test(tcase, the_size_of_the_buffer_does_not_matter);
    tcase_add_test(tcase, it_stops_when_the_receiver_has_enough);
    tcase_add_test(tcase, viewers_are_counted_by_camera);
    tcase_add_test(tcase, each_label_set_is_one_line);
    tcase_add_test(tcase, a_histogram_agrees_with_itself_while_others_count);
    tcase_add_test(tcase, created_samples_follow_what_they_belong_to);
    return tcase;
}
